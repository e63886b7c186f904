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

export interface StatementJoins {
  /** Where the joins are on the diagram. */
  href: string;
  /** Aggregates that a join inflates, skews or repeats. */
  warnings: FanOutWarning[];
}

/**
 * What is known of the joins of a statement that has stood still; undefined where there are none.
 * @param connectionId undefined: the database cannot be read yet
 */
export function useStatementJoins(connectionId: string | undefined, sql: string): StatementJoins | undefined {
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
    return undefined;
  return { href: hrefOf('schema', connectionId, 'diagram', 'sql', sql), warnings: joins.data.warnings };
}

/** The way to a statement's joins on the diagram, for a panel's head. */
export function JoinsLink({ href }: Pick<StatementJoins, 'href'>) {
  return (
    <a className="button ghost small text-text no-underline" href={href}>
      <Workflow aria-hidden />
      <span className="button-label">{text.showOnDiagram}</span>
    </a>
  );
}

/** Under a statement: which of its aggregates a join inflates. Nothing where none is. */
export function JoinWarnings({ warnings: [warning, ...others] }: Pick<StatementJoins, 'warnings'>) {
  if (!warning) return null;
  return (
    <div className="flex flex-none items-start border-t border-border px-4 py-2 text-s">
      <Warning warning={warning} others={others.length} />
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
