import { useQuery } from '@tanstack/react-query';
import { TriangleAlert, Workflow } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { FanOutWarning } from '../../core/contract/index.ts';
import { copy } from '../copy.ts';
import { useCore } from '../lib/core-context.tsx';
import { hrefOf } from '../lib/navigation.ts';

const text = copy.explorer.path;
/** A statement is read once it has stood still for so long. */
const stillMs = 500;
/** Whether it is worth asking: a statement of one table joins nothing. */
const mayJoin = /\bjoin\b|\bfrom\b[^;]*,/i;

interface StatementJoinsProps {
  /** Undefined: the database cannot be read yet. */
  connectionId: string | undefined;
  sql: string;
}

/** Under a statement that joins: which of its aggregates a join inflates, and the way to its joins on the diagram. */
export function StatementJoins({ connectionId, sql }: StatementJoinsProps) {
  const core = useCore();
  const still = useStill(sql);
  const joins = useQuery({
    queryKey: ['explorer', connectionId, 'join-path', still],
    queryFn: ({ signal }) =>
      core['schema.joinPath']({ connectionId: connectionId ?? '', sql: still }, { signal }),
    enabled: connectionId !== undefined && mayJoin.test(still),
    staleTime: 60_000,
  });
  // What cannot be read says so when it is run; a warning about other text would only confuse.
  if (still !== sql || connectionId === undefined || !joins.data || joins.data.joins.length === 0)
    return null;
  const { warnings } = joins.data;
  return (
    <div className="flex flex-none items-start gap-3 border-t border-border px-4 py-2 text-s">
      {warnings[0] ? (
        <Warning warning={warnings[0]} others={warnings.length - 1} />
      ) : (
        <span className="grow" />
      )}
      <a
        className="inline-flex flex-none items-center gap-1.5 leading-[24px]"
        href={hrefOf('schema', connectionId, 'diagram', 'sql', sql)}
      >
        <Workflow aria-hidden size={14} />
        {text.showOnDiagram}
      </a>
    </div>
  );
}

function Warning({ warning, others }: { warning: FanOutWarning; others: number }) {
  return (
    <details className="min-w-0 flex-1" role="group" aria-label={text.warnings(others + 1)}>
      <summary className="cursor-pointer font-[650] leading-[24px] text-warning">
        <TriangleAlert aria-hidden size={14} className="mr-1.5 inline align-[-2px]" />
        {text.notice(warning.aggregate, warning.effect)}
      </summary>
      <div className="scroll grid max-h-[120px] gap-1 pt-1">
        <p>{warning.message}</p>
        <p className="text-text-2">{warning.advice}</p>
        {others > 0 && <p className="text-text-2">{text.more(others)}</p>}
      </div>
    </details>
  );
}

/** The text as it was when nothing had been typed for a moment. */
function useStill(value: string): string {
  const [still, setStill] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setStill(value), stillMs);
    return () => clearTimeout(timer);
  }, [value]);
  return still;
}
