import { FileDown } from 'lucide-react';
import { useState } from 'react';
import { AppError, type TrainingDraft } from '../../../../../core/contract/index.ts';
import { Button } from '../../../../components/button.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { useToast } from '../../../../components/toaster.tsx';
import { copy } from '../../../../copy.ts';
import { downloadText } from '../../../../lib/clipboard.ts';
import { useCore } from '../../../../lib/core-context.tsx';

const text = copy.wizard.start;

const kinds = ['colab', 'skypilot', 'slurm', 'torchrun'] as const;

/** The same run for engines that the app does not start itself. */
export function TaskFiles({ draft }: { draft: TrainingDraft }) {
  const core = useCore();
  const toast = useToast();
  const [error, setError] = useState<AppError>();
  async function save(kind: (typeof kinds)[number]): Promise<void> {
    setError(undefined);
    try {
      const file = await core['training.taskFile']({ draft, kind });
      downloadText(file.fileName, file.text, file.mediaType);
      toast(text.fileSaved(file.fileName));
    } catch (failure) {
      setError(AppError.from(failure));
    }
  }
  return (
    <section aria-label={text.files} className="grid gap-2">
      <h3 className="text-s font-semibold">{text.files}</h3>
      <p className="text-s text-text-2">{text.filesHint}</p>
      <div className="flex flex-wrap gap-2">
        {kinds.map((kind) => (
          <Button
            key={kind}
            small
            icon={FileDown}
            aria-label={text.saveFile(text.fileKinds[kind])}
            onClick={() => void save(kind)}
          >
            {text.fileKinds[kind]}
          </Button>
        ))}
      </div>
      {error && <Notice tone="error" title={text.fileFailed} message={error.message} hint={error.hint} />}
    </section>
  );
}
