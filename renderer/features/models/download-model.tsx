import { useMutation } from '@tanstack/react-query';
import { Download, Search } from 'lucide-react';
import { useId, useState } from 'react';
import type { HubRepository, ModelDownload } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Tag } from '../../components/tag.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { formatBytes } from '../../lib/format-values.ts';
import { HubToken } from './hub-token.tsx';

const text = copy.models.download;

/** From the hub by its name, or from an address. */
export function DownloadModel() {
  const core = useCore();
  const toast = useToast();
  const [whatId, shaId] = [useId(), useId()];
  const [what, setWhat] = useState('');
  const [sha256, setSha] = useState('');
  const isAddress = /^https?:\/\//i.test(what.trim());
  const find = useMutation({ mutationFn: (id: string) => core['models.hub']({ id }) });
  const start = useMutation({
    mutationFn: (wanted: ModelDownload) => core['models.download'](wanted),
    onSuccess: () => toast(text.started),
  });
  function submit(): void {
    start.reset();
    const wanted = what.trim();
    if (!isAddress) return find.mutate(wanted.replace(/^\/+|\/+$/g, ''));
    start.mutate({ kind: 'url', url: wanted, ...(sha256.trim() ? { sha256: sha256.trim() } : {}) });
  }
  return (
    <section className="card" aria-label={text.title}>
      <div className="card-head">
        <h2>{text.title}</h2>
      </div>
      <div className="card-body grid gap-[12px]">
        <p className="muted">{text.hint}</p>
        <form
          className="flex flex-wrap items-end gap-[8px]"
          onSubmit={(event) => {
            event.preventDefault();
            if (what.trim()) submit();
          }}
        >
          <div className="field min-w-[320px] flex-1">
            <label htmlFor={whatId}>{text.what}</label>
            <input
              id={whatId}
              className="input font-mono"
              spellCheck={false}
              autoComplete="off"
              value={what}
              onChange={(event) => setWhat(event.target.value)}
            />
          </div>
          {isAddress && (
            <div className="field min-w-[280px] flex-1">
              <label htmlFor={shaId}>{text.sha}</label>
              <input
                id={shaId}
                className="input font-mono"
                spellCheck={false}
                autoComplete="off"
                title={text.shaHint}
                value={sha256}
                onChange={(event) => setSha(event.target.value)}
              />
            </div>
          )}
          <Button
            type="submit"
            icon={isAddress ? Download : Search}
            disabled={what.trim() === '' || find.isPending || start.isPending}
          >
            {isAddress ? text.start : text.find}
          </Button>
        </form>
        {find.isError && !isAddress && (
          <FailureNotice title={text.failed} error={find.error} onRetry={() => submit()} />
        )}
        {start.isError && (
          <FailureNotice
            title={text.notBegun}
            error={start.error}
            onRetry={() => start.mutate(start.variables)}
          />
        )}
        {find.data && !isAddress && (
          <Repository
            repository={find.data}
            busy={start.isPending}
            onStart={(wanted) => start.mutate(wanted)}
          />
        )}
        <HubToken />
      </div>
    </section>
  );
}

interface RepositoryProps {
  repository: HubRepository;
  busy: boolean;
  onStart(wanted: ModelDownload): void;
}

function Repository({ repository, busy, onStart }: RepositoryProps) {
  const { id, revision, licence, gated, ggufFiles, folder } = repository;
  return (
    <div className="grid gap-[8px] rounded-m border border-border p-[12px]" role="region" aria-label={id}>
      <p className="flex flex-wrap items-center gap-[8px]">
        <span className="font-semibold">{id}</span>
        {gated && <Tag tone="warning">{text.gated}</Tag>}
        {licence && <span className="text-s text-text-2">{text.licence(licence)}</span>}
      </p>
      {ggufFiles.length === 0 && <p className="text-s text-text-2">{text.none}</p>}
      <ul className="m-0 grid max-h-[360px] list-none gap-[4px] overflow-auto p-0" aria-label={text.files}>
        {ggufFiles.map(({ file, sizeBytes, quantization, here }) => (
          <HubLine
            key={file}
            name={file}
            note={[quantization, formatBytes(sizeBytes)].filter(Boolean).join(', ')}
            here={here}
            busy={busy}
            onStart={() => onStart({ kind: 'hub-file', id, file, revision })}
          />
        ))}
        {folder && (
          <HubLine
            name={text.folder}
            note={[folder.architecture, text.folderFacts(folder.files, formatBytes(folder.sizeBytes))]
              .filter(Boolean)
              .join(', ')}
            here={folder.here}
            busy={busy}
            onStart={() => onStart({ kind: 'hub-folder', id, revision })}
          />
        )}
      </ul>
    </div>
  );
}

interface LineProps {
  name: string;
  note: string;
  here: boolean;
  busy: boolean;
  onStart(): void;
}

function HubLine({ name, note, here, busy, onStart }: LineProps) {
  return (
    <li className="flex flex-wrap items-center gap-[8px]">
      <span className="min-w-[200px] flex-1 [overflow-wrap:anywhere]">{name}</span>
      <span className="text-s text-text-2 tabular-nums">{note}</span>
      {here ? (
        <Tag>{text.here}</Tag>
      ) : (
        <Button small icon={Download} disabled={busy} aria-label={text.startOf(name)} onClick={onStart}>
          {text.start}
        </Button>
      )}
    </li>
  );
}
