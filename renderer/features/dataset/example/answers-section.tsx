import { Play, Square } from 'lucide-react';
import { useState } from 'react';
import type { ExampleDetail } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { copy } from '../../../copy.ts';
import { AnswersBeside } from './answers-beside.tsx';
import type { useLiveProof } from './use-live-proof.ts';

const text = copy.dataset.answers;

interface AnswersSectionProps {
  example: ExampleDetail;
  live: ReturnType<typeof useLiveProof>;
}

/** Both results: those kept from the proof, on any of its rows, and those asked for now. */
export function AnswersSection({ example, live }: AnswersSectionProps) {
  const { run } = live;
  return (
    <section className="grid gap-3" aria-label={text.title}>
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="m-0 flex-1 text-m font-semibold">{text.title}</h3>
        {run.state === 'running' ? (
          <>
            <span className="flex items-center gap-2 text-s text-text-2" role="status">
              <Spinner /> {text.running}
            </span>
            <Button small icon={Square} onClick={live.cancel}>
              {copy.common.cancel}
            </Button>
          </>
        ) : (
          <Button small icon={Play} onClick={() => live.start()}>
            {text.run}
          </Button>
        )}
      </div>
      {run.error && (
        <FailureNotice title={text.failed} error={run.error} onRetry={() => live.start(run.sql)} />
      )}
      {run.proof && (
        <div className="grid gap-2">
          <h4 className="m-0 text-s font-semibold text-text-2">{text.now}</h4>
          <AnswersBeside sqlite={run.proof.sqlite} postgres={run.proof.postgres} verdict={run.proof} />
        </div>
      )}
      <KeptAnswers example={example} />
    </section>
  );
}

function KeptAnswers({ example: { evidence, override, id } }: { example: ExampleDetail }) {
  const [chosen, setChosen] = useState({ id, at: 0 });
  const answers = evidence?.answers ?? [];
  const at = chosen.id === id ? chosen.at : 0;
  const shown = answers[at];
  if (!shown) return <p className="muted text-s">{text.none}</p>;
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <h4 className="m-0 text-s font-semibold text-text-2">{text.kept}</h4>
        <label className="ml-auto flex items-center gap-2 text-s text-text-2">
          {text.onRows}
          <select
            className="input small w-auto! text-text"
            value={at}
            onChange={({ target }) => setChosen({ id, at: Number(target.value) })}
          >
            {answers.map(({ on }, index) => (
              <option key={index} value={index}>
                {on === 'shipped' ? text.shipped : text.generated(on)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {override?.sql !== undefined && <p className="text-s text-text-2">{text.corrected}</p>}
      <AnswersBeside sqlite={{ answer: shown.sqlite }} postgres={{ answer: shown.postgres }} />
    </div>
  );
}
