import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Copy, FolderOpen, Plus } from 'lucide-react';
import { useId, useState } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { copyText } from '../../lib/clipboard.ts';
import { useCore } from '../../lib/core-context.tsx';
import { queryKeys } from '../../lib/queries.ts';
import { findShell } from '../../lib/shell.ts';

/** Adds a GGUF file by its path; in Electron also by the system's dialog. */
export function AddModel({ folder }: { folder: string }) {
  const core = useCore();
  const cache = useQueryClient();
  const toast = useToast();
  const id = useId();
  const [path, setPath] = useState('');
  const add = useMutation({
    mutationFn: (file: string) => core['models.add']({ path: file }),
    onSuccess: async ({ name }) => {
      setPath('');
      toast(copy.models.added(name));
      await cache.invalidateQueries({ queryKey: queryKeys.models });
    },
  });
  const shell = findShell();
  async function browse(): Promise<void> {
    const request = { kind: 'file', title: copy.models.pickTitle, extensions: ['gguf'] } as const;
    const picked = await shell?.pickPath({ ...request, extensions: [...request.extensions] });
    if (picked) add.mutate(picked);
  }
  return (
    <section className="card" aria-label={copy.models.add}>
      <div className="card-head">
        <h2>{copy.models.add}</h2>
      </div>
      <div className="card-body grid gap-[12px]">
        <p className="muted">{copy.models.addHint}</p>
        <form
          className="flex flex-wrap items-end gap-[8px]"
          onSubmit={(event) => {
            event.preventDefault();
            if (path.trim()) add.mutate(path.trim());
          }}
        >
          <div className="field min-w-[320px] flex-1">
            <label htmlFor={id}>{copy.models.path}</label>
            <input
              id={id}
              className="input font-mono"
              spellCheck={false}
              autoComplete="off"
              value={path}
              onChange={(event) => setPath(event.target.value)}
            />
          </div>
          {shell && (
            <Button icon={FolderOpen} onClick={() => void browse()}>
              {copy.models.browse}
            </Button>
          )}
          <Button type="submit" icon={Plus} disabled={path.trim() === '' || add.isPending}>
            {copy.models.add}
          </Button>
        </form>
        {add.isError && (
          <FailureNotice
            title={copy.models.addFailed}
            error={add.error}
            onRetry={() => add.mutate(add.variables)}
          />
        )}
        <ModelsFolder folder={folder} />
      </div>
    </section>
  );
}

function ModelsFolder({ folder }: { folder: string }) {
  const toast = useToast();
  const shell = findShell();
  async function copyFolder(): Promise<void> {
    toast((await copyText(folder)) ? copy.common.copied : copy.common.copyFailed);
  }
  return (
    <div className="flex items-center gap-[8px]">
      <div className="min-w-0 flex-1">
        <p>
          <span className="font-semibold">{copy.models.folder}</span>{' '}
          <span className="muted text-s">{copy.models.folderHint}</span>
        </p>
        <p className="font-mono text-xs text-text-2 [overflow-wrap:anywhere]">{folder}</p>
      </div>
      {shell && (
        <IconButton
          icon={FolderOpen}
          label={copy.privacy.revealOf(copy.models.folder)}
          onClick={() => void shell.revealPath(folder)}
        />
      )}
      <IconButton
        icon={Copy}
        label={copy.privacy.copyPathOf(copy.models.folder)}
        onClick={() => void copyFolder()}
      />
    </div>
  );
}
