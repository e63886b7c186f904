import { useMutation } from '@tanstack/react-query';
import { FileDown, FolderDown } from 'lucide-react';
import type { ClusterKind, TrainingDraft } from '../../../../../core/contract/index.ts';
import { Button } from '../../../../components/button.tsx';
import { FailureNotice } from '../../../../components/failure-notice.tsx';
import { Spinner } from '../../../../components/spinner.tsx';
import { Told } from '../../../../components/told.tsx';
import { useToast } from '../../../../components/toaster.tsx';
import { copy } from '../../../../copy.ts';
import { downloadText } from '../../../../lib/clipboard.ts';
import { useCore } from '../../../../lib/core-context.tsx';
import { keyOfDraft } from '../checks.ts';
import { FolderSteps } from './folder-steps.tsx';

const text = copy.wizard.start;

const clusterKinds = ['torchrun', 'slurm', 'skypilot'] as const;

/** The same run for engines that the app does not start itself. */
export function TaskFiles({ draft }: { draft: TrainingDraft }) {
  const notebook = useNotebook(draft);
  const prepare = usePrepare(draft);
  const toast = useToast();
  return (
    <section aria-label={text.files} className="grid gap-3">
      <div className="grid gap-1">
        <h3 className="text-s font-semibold">{text.files}</h3>
        <p className="max-w-[90ch] text-s text-text-2">
          <Told text={text.filesHint} />
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        {clusterKinds.map((kind) => (
          <Button
            key={kind}
            small
            icon={FolderDown}
            aria-label={text.prepareFor(text.fileKinds[kind])}
            disabled={prepare.isPending}
            onClick={() => prepare.mutate(kind)}
          >
            {text.fileKinds[kind]}
          </Button>
        ))}
        <Button
          small
          icon={FileDown}
          aria-label={text.saveFile(text.fileKinds.colab)}
          disabled={notebook.isPending}
          onClick={() => notebook.mutate()}
        >
          {text.fileKinds.colab}
        </Button>
        <Button
          small
          icon={FileDown}
          aria-label={text.saveFile(text.draftFile)}
          onClick={() => toast(text.fileSaved(saveDraft(draft)))}
        >
          {text.draftFile}
        </Button>
      </div>
      {prepare.isPending && (
        <p role="status" className="flex items-center gap-2 text-s text-text-2">
          <Spinner /> {text.preparing(text.fileKinds[prepare.variables])}
        </p>
      )}
      {prepare.isError && (
        <FailureNotice
          title={text.folderFailed}
          error={prepare.error}
          onRetry={() => prepare.mutate(prepare.variables)}
        />
      )}
      {notebook.isError && (
        <FailureNotice title={text.fileFailed} error={notebook.error} onRetry={() => notebook.mutate()} />
      )}
      {prepare.data && (
        <FolderSteps
          name={text.fileKinds[prepare.data.kind]}
          prepared={prepare.data}
          isStale={prepare.data.key !== keyOf(draft)}
        />
      )}
    </section>
  );
}

/** As `train --draft` reads it. @returns the file's name */
function saveDraft(draft: TrainingDraft): string {
  const words = draft.name.toLowerCase().match(/[a-z0-9]+/g) ?? ['draft'];
  const fileName = `${words.join('-').slice(0, 60)}.json`;
  downloadText(fileName, `${JSON.stringify(draft, null, 2)}\n`, 'application/json');
  return fileName;
}

/** Its name is part of it, as the folder's name comes from it. */
function keyOf(draft: TrainingDraft): string {
  return `${draft.name}\n${keyOfDraft(draft)}`;
}

function useNotebook(draft: TrainingDraft) {
  const core = useCore();
  const toast = useToast();
  return useMutation({
    mutationFn: () => core['training.taskFile']({ draft, kind: 'colab' }),
    onSuccess: (file) => {
      downloadText(file.fileName, file.text, file.mediaType);
      toast(text.fileSaved(file.fileName));
    },
  });
}

function usePrepare(draft: TrainingDraft) {
  const core = useCore();
  const toast = useToast();
  return useMutation({
    mutationFn: async (kind: ClusterKind) => {
      const prepared = await core['training.prepareFolder']({ draft, kind });
      return { ...prepared, kind, key: keyOf(draft) };
    },
    onSuccess: ({ kind }) => toast(text.prepared(text.fileKinds[kind])),
  });
}
