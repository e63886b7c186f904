import { useMutation } from '@tanstack/react-query';
import { Download, ExternalLink } from 'lucide-react';
import type { TrainingRunInfo } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { downloadText } from '../../../lib/clipboard.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { openExternally } from '../open-externally.ts';

const text = copy.training.colab;
const colabUrl = 'https://colab.research.google.com/';

/** A run on Colab is started by hand: what to do, until the first sign of life comes through the bucket. */
export function ColabSteps({ run }: { run: TrainingRunInfo }) {
  const core = useCore();
  const toast = useToast();
  const { draft } = run;
  const save = useMutation({
    mutationFn: async () => {
      if (!draft) return;
      const {
        fileName,
        mediaType,
        text: content,
      } = await core['training.taskFile']({ draft, kind: 'colab', runId: run.id });
      downloadText(fileName, content, mediaType);
      toast(text.saved(fileName));
    },
  });
  return (
    <section className="card" aria-label={text.title}>
      <div className="card-body grid gap-3">
        <div>
          <h2>{text.title}</h2>
          <p className="text-s text-text-2">{text.hint}</p>
        </div>
        {save.isError && (
          <FailureNotice title={text.saveFailed} error={save.error} onRetry={() => save.mutate()} />
        )}
        <ol className="m-0 grid list-decimal gap-3 pl-6">
          <li>
            <p>{text.steps.save}</p>
            <Button small variant="primary" icon={Download} disabled={!draft} onClick={() => save.mutate()}>
              {text.saveNotebook}
            </Button>
          </li>
          <li>
            <p>{text.steps.open}</p>
            <Button small icon={ExternalLink} onClick={() => openExternally(colabUrl)}>
              {text.openColab}
            </Button>
          </li>
          <li>
            <p>{text.steps.run}</p>
          </li>
          <li>
            <p>{text.steps.watch}</p>
          </li>
        </ol>
        {run.target.kind === 'colab' && (
          <p className="text-xs text-text-2">
            {text.bucket(run.target.projectId, run.target.bucketName, run.target.prefix)}
          </p>
        )}
      </div>
    </section>
  );
}
