import { useQuery } from '@tanstack/react-query';
import type { GateRow } from '../../../../../core/contract/index.ts';
import { Button } from '../../../../components/button.tsx';
import { FailureNotice } from '../../../../components/failure-notice.tsx';
import { loopKey } from '../../../../components/loop/loop-queries.ts';
import { Tag } from '../../../../components/tag.tsx';
import { copy } from '../../../../copy.ts';
import { requestAsk } from '../../../../lib/ask-request.ts';
import { useCore } from '../../../../lib/core-context.tsx';

const text = copy.loop.gate;

/** The questions whose verdict changed, those broken first and of them the verified ones, and those that are wrong with both. */
export function GateQuestions({ gateId }: { gateId: string }) {
  const core = useCore();
  const gate = useQuery({
    queryKey: [...loopKey, 'gate', gateId],
    queryFn: ({ signal }) => core['loop.gate']({ gateId }, { signal }),
    staleTime: Infinity,
  });
  if (gate.isPending) return <p role="status">{copy.common.loading}</p>;
  if (gate.isError) {
    const retry = () => void gate.refetch();
    return <FailureNotice title={copy.loop.after.loadFailed} error={gate.error} onRetry={retry} />;
  }
  const { rows } = gate.data;
  const broken = rows.filter((row) => row.correctBefore && !row.correctAfter);
  const [verified, others] = [broken.filter((row) => row.important), broken.filter((row) => !row.important)];
  const fixed = rows.filter((row) => !row.correctBefore && row.correctAfter);
  const wrong = rows.filter((row) => !row.correctBefore && !row.correctAfter);
  return (
    <div className="grid gap-2">
      <Group title={text.brokenVerified(verified.length)} rows={verified} open />
      <Group title={text.brokenQuestions(others.length)} rows={others} open />
      <Group title={text.fixedQuestions(fixed.length)} rows={fixed} />
      <Group title={text.stillWrong(wrong.length)} rows={wrong} />
    </div>
  );
}

function Group({ title, rows, open = false }: { title: string; rows: readonly GateRow[]; open?: boolean }) {
  if (rows.length === 0) return null;
  return (
    <details open={open}>
      <summary className="font-semibold">{title}</summary>
      <ul className="m-0 grid list-none gap-3 p-0 pt-2" aria-label={title}>
        {rows.map((row) => (
          <Question key={`${row.set} ${row.id}`} row={row} />
        ))}
      </ul>
    </details>
  );
}

function Question({ row }: { row: GateRow }) {
  const { question, connectionId, important, use, goldSql, sqlBefore, sqlAfter, messageAfter } = row;
  // Databases that only a measurement opens cannot be asked on the Ask page.
  const canOpen = !/^(spider|own):/.test(connectionId);
  return (
    <li className="grid gap-1 text-s">
      <p className="m-0 flex flex-wrap items-center gap-2">
        <span className="font-semibold">{question}</span>
        {important && <Tag tone="accent">{copy.loop.after.important}</Tag>}
        <Tag>{text.uses[use]}</Tag>
        {canOpen && (
          <Button variant="ghost" small onClick={() => requestAsk({ connectionId, question })}>
            {text.openInAsk}
          </Button>
        )}
      </p>
      <dl className="m-0 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3 gap-y-[2px] [&_dd]:m-0">
        <Statement name={text.gold} sql={goldSql} />
        <Statement name={text.before} sql={sqlBefore} />
        <Statement name={text.after} sql={sqlAfter} />
      </dl>
      {messageAfter !== undefined && <p className="m-0 text-text-2">{messageAfter}</p>}
    </li>
  );
}

function Statement({ name, sql }: { name: string; sql: string }) {
  return (
    <>
      <dt className="text-text-2">{name}</dt>
      <dd className="[overflow-wrap:anywhere]">
        {sql === '' ? text.noStatement : <code className="text-xs">{sql.replaceAll(/\s+/g, ' ')}</code>}
      </dd>
    </>
  );
}
