import { useQuery } from '@tanstack/react-query';
import { Play, RotateCw } from 'lucide-react';
import { useState } from 'react';
import type { RanStatement } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { copy } from '../../../copy.ts';
import { compareRows, type RowMark } from '../../../lib/compare-rows.ts';
import { useCore, useLinkState } from '../../../lib/core-context.tsx';

const text = copy.evaluation.questions;
/** More rows of a side are not drawn: what differs is seen among the first. */
const shownRows = 100;

/** Runs both statements when it is asked to, and shows where their rows part. */
export function BothResults({ runId, questionId }: { runId: string; questionId: string }) {
  const core = useCore();
  const isConnected = useLinkState().kind === 'connected';
  const [isAsked, setAsked] = useState(false);
  const both = useQuery({
    queryKey: ['evaluation.runQuestion', runId, questionId],
    queryFn: ({ signal }) => core['evaluation.runQuestion']({ id: runId, questionId }, { signal }),
    enabled: isAsked,
    staleTime: Infinity,
  });
  const run = () => (isAsked ? void both.refetch() : setAsked(true));
  return (
    <section className="grid gap-3" aria-label={text.runBoth}>
      <div className="flex items-center gap-3">
        <Button icon={both.data ? RotateCw : Play} disabled={!isConnected || both.isFetching} onClick={run}>
          {both.data ? text.runAgain : text.runBoth}
        </Button>
        {both.isFetching && (
          <span className="flex items-center gap-2 text-s text-text-2" role="status">
            <Spinner />
            {text.running}
          </span>
        )}
      </div>
      {both.isError && !both.isFetching && (
        <FailureNotice title={text.runFailed} error={both.error} onRetry={run} />
      )}
      {both.data && <Sides gold={both.data.gold} predicted={both.data.predicted} />}
    </section>
  );
}

function Sides({ gold, predicted }: { gold: RanStatement; predicted: RanStatement }) {
  const [left, right] = [toText(gold), toText(predicted)];
  const marks = gold.result && predicted.result ? compareRows(left, right) : undefined;
  const isSame = marks !== undefined && marks.matched === left.length && left.length === right.length;
  return (
    <>
      {marks && (
        <p className="text-s" role="status">
          {isSame ? text.same : `${text.differ(marks.matched, left.length, right.length)} ${text.marked}`}
        </p>
      )}
      <div className="grid grid-cols-2 gap-4 max-[1100px]:grid-cols-1">
        <Side title={text.goldRows} ran={gold} marks={marks?.left} />
        <Side title={text.predictedRows} ran={predicted} marks={marks?.right} />
      </div>
    </>
  );
}

/** Truth values are compared as PostgreSQL prints them. */
function toText({ result }: RanStatement): (string | null)[][] {
  return (result?.rows ?? []).map((row) => row.map((cell) => (cell === null ? null : String(cell))));
}

interface SideProps {
  title: string;
  ran: RanStatement;
  marks: readonly RowMark[] | undefined;
}

function Side({ title, ran: { result, error }, marks }: SideProps) {
  return (
    <div className="grid min-w-0 content-start gap-1">
      <h3 className="m-0 text-s font-semibold">
        {title}{' '}
        {result && (
          <span className="text-xs font-normal text-text-2">
            {text.rows(result.rowCount, result.truncated)}
          </span>
        )}
      </h3>
      {error && <Notice tone="warning" title={error.message} hint={error.hint} />}
      {result && (
        <div
          className="scroll max-h-[360px] rounded-m border border-border"
          tabIndex={0}
          role="region"
          aria-label={title}
        >
          <table className="w-full border-collapse text-xs" aria-label={title}>
            <thead>
              <tr>
                {result.columns.map((column, at) => (
                  <th
                    key={at}
                    scope="col"
                    title={column.type}
                    className="sticky top-0 border-b border-border bg-surface-2 px-2 py-1 text-left font-semibold whitespace-nowrap"
                  >
                    {column.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {result.rows.slice(0, shownRows).map((row, rowAt) => (
                <tr key={rowAt}>
                  {row.map((cell, at) => (
                    <td
                      key={at}
                      className={`max-w-[280px] truncate border-b border-border px-2 py-1 ${marks?.[rowAt]?.has(at) ? 'bg-warning-soft font-semibold' : ''}`}
                    >
                      {cell === null ? <span className="text-text-2 italic">NULL</span> : String(cell)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
