import { CircleAlert, CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import type { LiveProof, StoredAnswer } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { compareRows, type RowMark } from '../../../lib/compare-rows.ts';
import { AnswerTable } from './answer-table.tsx';

const text = copy.dataset.answers;

/** What one engine said: rows, or why there are none. */
export interface EngineAnswer {
  answer?: StoredAnswer | undefined;
  error?: string | undefined;
  durationMs?: number | undefined;
}

interface AnswersBesideProps {
  sqlite: EngineAnswer;
  postgres: EngineAnswer;
  /** What the proof itself says of all rows; the marks are of the rows shown. */
  verdict?: Pick<LiveProof, 'isEqual' | 'note' | 'equality'> | undefined;
}

/** Both engines' rows beside each other, with the cells that have no equal. */
export function AnswersBeside({ sqlite, postgres, verdict }: AnswersBesideProps) {
  const compared = compareRows(sqlite.answer?.rows ?? [], postgres.answer?.rows ?? []);
  const isBoth = sqlite.answer !== undefined && postgres.answer !== undefined;
  const differing = isBoth ? [...compared.left, ...compared.right].filter((mark) => mark).length : 0;
  // A proof that ties were broken alike compares other statements than the two whose rows are shown.
  const showsMarks = isBoth && verdict?.isEqual !== true;
  const isCut =
    isBoth && [sqlite, postgres].some(({ answer }) => answer && answer.rowCount > answer.rows.length);
  return (
    <div className="grid gap-2">
      {verdict ? (
        <Verdict {...verdict} />
      ) : (
        isBoth && <Verdict isEqual={differing === 0} note={isCut ? text.cut : undefined} />
      )}
      {showsMarks && differing > 0 && <p className="text-s text-text-2">{text.differing(differing)}</p>}
      <div className="grid grid-cols-[repeat(auto-fit,minmax(240px,1fr))] gap-3">
        <Engine name={text.sqlite} side={sqlite} marks={showsMarks ? compared.left : []} />
        <Engine name={text.postgres} side={postgres} marks={showsMarks ? compared.right : []} />
      </div>
    </div>
  );
}

function Verdict({ isEqual, note, equality }: NonNullable<AnswersBesideProps['verdict']>) {
  const Icon = isEqual ? CircleCheck : CircleAlert;
  const how = equality === undefined ? undefined : copy.dataset.proof.equalities[equality];
  return (
    <p className="flex items-start gap-2 text-s" role="status">
      <Icon
        aria-hidden
        size={16}
        className={`mt-[1px] flex-none ${isEqual ? 'text-success' : 'text-danger'}`}
      />
      <span>
        <strong>{isEqual ? text.equal : text.notEqual}.</strong> {[how, note].filter(Boolean).join(' ')}
      </span>
    </p>
  );
}

interface EngineProps {
  name: string;
  side: EngineAnswer;
  marks: readonly RowMark[];
}

function Engine({ name, side: { answer, error, durationMs }, marks }: EngineProps) {
  const notes: ReactNode[] = [];
  if (answer) {
    const { rowCount, rows } = answer;
    notes.push(rows.length < rowCount ? text.firstRows(rows.length, rowCount) : text.rows(rowCount));
  }
  if (durationMs !== undefined) notes.push(text.took(durationMs));
  return (
    <section className="min-w-0 overflow-hidden rounded-m border border-border" aria-label={name}>
      <h4 className="m-0 flex items-center gap-2 border-b border-border px-3 py-1 text-s font-semibold">
        {name}
        <span className="ml-auto text-xs font-normal text-text-2">{notes.join(' · ')}</span>
      </h4>
      {answer && <AnswerTable label={name} answer={answer} marks={marks} />}
      {!answer && (
        <p className={`p-3 text-s break-words ${error === undefined ? 'text-text-2' : 'text-danger'}`}>
          {error ?? text.noAnswer}
        </p>
      )}
    </section>
  );
}
