import type { TrainingRunInfo } from '../../../../core/contract/index.ts';
import { ConfirmDialog } from '../../../components/dialog.tsx';
import { copy } from '../../../copy.ts';
import { formatBytes } from '../../../lib/format-values.ts';
import { ExportDialog } from './export-dialog.tsx';
import { ResumeDialog } from './resume-dialog.tsx';
import type { RunQuestion } from './run-menu.tsx';
import type { RunVerbs } from './use-run-verbs.ts';

const text = copy.training.ask;

interface RunDialogsProps {
  run: TrainingRunInfo;
  verbs: RunVerbs;
  question: RunQuestion | undefined;
  /** The checkpoint that an export is asked of. */
  checkpoint: string | undefined;
  onClose(): void;
}

/** What is asked before something is done that cannot be taken back, or that needs to be told how. */
export function RunDialogs({ run, verbs, question, checkpoint, onClose }: RunDialogsProps) {
  const last = run.checkpoints.at(-1)?.step;
  const confirm = (
    which: 'cancel' | 'cleanUp' | 'remove',
    words: string,
    { title, action, keep }: { title: string; action: string; keep?: string } = text[which],
  ) => (
    <ConfirmDialog
      title={title}
      text={words}
      action={action}
      keep={keep}
      onClose={onClose}
      onConfirm={() => {
        onClose();
        verbs[which]();
      }}
    />
  );
  switch (question) {
    case undefined:
      return null;
    case 'cancel':
      return run.cancelAskedAt === undefined
        ? confirm('cancel', text.cancel.text(last))
        : confirm('cancel', text.giveUp.text(run.where), text.giveUp);
    case 'cleanUp':
      return confirm('cleanUp', text.cleanUp.text(run.where));
    case 'remove':
      return confirm(
        'remove',
        text.remove.text(run.runDir, formatBytes(sizeOf(run))) +
          (run.can.cleanUp ? text.remove.leftThere(run.where) : ''),
      );
    case 'resume':
      return <ResumeDialog run={run} verbs={verbs} onClose={onClose} />;
    case 'export':
      return <ExportDialog run={run} verbs={verbs} checkpoint={checkpoint} onClose={onClose} />;
  }
}

/** Bytes that lie on this machine, as far as they are known. */
function sizeOf({ checkpoints, artifacts }: TrainingRunInfo): number {
  const files = [...checkpoints, ...artifacts].filter(({ here }) => here);
  return files.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
}
