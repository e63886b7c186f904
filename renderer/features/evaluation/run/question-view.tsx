import { ArrowDown, ArrowUp, Copy, MessageCircleQuestion } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { EvaluationRow, EvaluationSplit } from '../../../../core/contract/index.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { requestAsk } from '../../../lib/ask-request.ts';
import { copyText } from '../../../lib/clipboard.ts';
import { layOutSql } from '../../../lib/lay-out-sql.ts';
import '../../../styles/dataset.css';
import { BothResults } from './both-results.tsx';
import { Verdict } from './live-run.tsx';

const SqlDiff = lazy(async () => ({
  default: (await import('../../../components/sql-diff/sql-diff.tsx')).SqlDiff,
}));

const text = copy.evaluation.questions;

interface QuestionViewProps {
  runId: string;
  split: EvaluationSplit;
  row: EvaluationRow;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}

/** One question: what was wanted, what was written, and on demand what both give. */
export function QuestionView({ runId, split, row, onPrevious, onNext }: QuestionViewProps) {
  return (
    <>
      <div className="card-head">
        <Verdict isRight={row.correct} />
        <span className="mono truncate text-text-2">{row.id}</span>
        <span className="grow" />
        {split === 'demo' && (
          <Button
            small
            icon={MessageCircleQuestion}
            onClick={() =>
              requestAsk({ connectionId: `demo:${row.db}`, question: row.question, sql: row.predictedSql })
            }
          >
            {text.openInAsk}
          </Button>
        )}
        <IconButton icon={ArrowUp} label={text.previous} disabled={!onPrevious} onClick={onPrevious} />
        <IconButton icon={ArrowDown} label={text.next} disabled={!onNext} onClick={onNext} />
      </div>
      <div className="scroll min-h-0 flex-1" tabIndex={0} role="region" aria-label={row.question}>
        <div className="grid gap-4 p-4">
          <div className="grid gap-1">
            <h2 className="text-l! font-semibold">{row.question}</h2>
            <p className="text-s text-text-2">
              {text.facts(row.db, copy.evaluation.hardness[row.hardness], row.confidence.toFixed(2), row.ms)}
            </p>
          </div>
          <Remarks row={row} />
          <Statements goldSql={row.goldSql} predictedSql={row.predictedSql} />
          <BothResults runId={runId} questionId={row.id} />
        </div>
      </div>
    </>
  );
}

function Remarks({ row: { causes, message, tied, exactMatch, goldUnproven } }: { row: EvaluationRow }) {
  const notes = [
    message ?? '',
    tied ? text.tied : '',
    exactMatch ? text.exact : '',
    goldUnproven ? text.unproven : '',
  ].filter(Boolean);
  if (causes.length === 0 && notes.length === 0) return null;
  return (
    <div className="grid gap-2">
      {causes.length > 0 && (
        <ul className="flex flex-wrap gap-2" aria-label={text.cause}>
          {causes.map((cause, at) => (
            <li
              key={cause}
              title={copy.evaluation.causes[cause].about}
              className={`rounded-s px-2 py-[2px] text-xs font-medium ${at === 0 ? 'bg-danger-soft text-danger' : 'bg-surface-3 text-text'}`}
            >
              {copy.evaluation.causes[cause].name}
            </li>
          ))}
        </ul>
      )}
      {notes.length > 0 && <p className="text-s text-text-2 [overflow-wrap:anywhere]">{notes.join(' ')}</p>}
    </div>
  );
}

/** Both statements with what differs marked; one that is missing is said to be. */
function Statements({ goldSql, predictedSql }: { goldSql: string; predictedSql: string }) {
  const toast = useToast();
  const [isUnified, setUnified] = useState(false);
  const copySql = async (sql: string) =>
    toast((await copyText(sql)) ? copy.common.copied : copy.common.copyFailed);
  return (
    <section className="grid gap-2" aria-label={text.statements}>
      <div className="flex flex-wrap items-center gap-3">
        <div className="segmented" role="radiogroup" aria-label={text.statements}>
          {[false, true].map((one) => (
            <label key={String(one)}>
              <input
                type="radio"
                name="statements-view"
                checked={isUnified === one}
                onChange={() => setUnified(one)}
              />
              {one ? text.unified : text.split}
            </label>
          ))}
        </div>
        <span className="grow" />
        <Button small variant="ghost" icon={Copy} onClick={() => void copySql(goldSql)}>
          {text.gold}
        </Button>
        <Button
          small
          variant="ghost"
          icon={Copy}
          disabled={predictedSql === ''}
          onClick={() => void copySql(predictedSql)}
        >
          {text.predicted}
        </Button>
      </div>
      {predictedSql === '' && <p className="text-s text-text-2">{text.noStatement}</p>}
      {!isUnified && (
        <div className="grid grid-cols-2 text-xs font-semibold text-text-2">
          <span>{text.gold}</span>
          <span className="pl-1">{text.predicted}</span>
        </div>
      )}
      <div className="overflow-hidden rounded-m border border-border">
        <Suspense fallback={<pre className="m-0 p-3">{layOutSql(goldSql)}</pre>}>
          <SqlDiff
            before={layOutSql(goldSql)}
            after={layOutSql(predictedSql)}
            beforeLabel={text.gold}
            afterLabel={text.predicted}
            isUnified={isUnified}
            ignoresCase
          />
        </Suspense>
      </div>
    </section>
  );
}
