import { useQuery } from '@tanstack/react-query';
import { TextQuote } from 'lucide-react';
import type { ExplanationLine } from '../../../../core/contract/index.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';

interface ExplanationPanelProps {
  connectionId: string | undefined;
  sql: string;
}

const texts = copy.conversation.explanation;

/** What the statement does, in words, and where a join counts rows several times. */
export function ExplanationPanel({ connectionId, sql }: ExplanationPanelProps) {
  const core = useCore();
  const isEmpty = sql.trim() === '';
  const explanation = useQuery({
    queryKey: ['sql.explain', sql],
    queryFn: ({ signal }) => core['sql.explain']({ sql }, { signal }),
    ...{ enabled: !isEmpty, retry: false, staleTime: Infinity },
  });
  if (isEmpty) return <EmptyState icon={TextQuote} title={texts.emptyTitle} hint={texts.emptyHint} />;
  if (explanation.error) {
    const retry = () => void explanation.refetch();
    return (
      <div className="p-4">
        <FailureNotice title={texts.failed} error={explanation.error} onRetry={retry} />
      </div>
    );
  }
  return (
    <section className="scroll min-h-0 flex-1 p-4" tabIndex={0} aria-label={texts.label}>
      {connectionId !== undefined && <FanOutWarnings connectionId={connectionId} sql={sql} />}
      {explanation.data ? (
        <Lines nodes={nest(explanation.data.lines)} />
      ) : (
        <p role="status">
          <Spinner />
        </p>
      )}
      <p className="mt-3 mb-0 text-xs text-text-2">{texts.note}</p>
    </section>
  );
}

/** What cannot be judged is left out: the words above hold all the same. */
function FanOutWarnings({ connectionId, sql }: { connectionId: string; sql: string }) {
  const core = useCore();
  const joins = useQuery({
    queryKey: ['schema.joinPath', connectionId, sql],
    queryFn: ({ signal }) => core['schema.joinPath']({ connectionId, sql }, { signal }),
    ...{ retry: false, staleTime: 60_000 },
  });
  const warnings = joins.data?.warnings ?? [];
  if (warnings.length === 0) return null;
  return (
    <div className="mb-3 grid gap-2">
      {warnings.map(({ message, advice }) => (
        <Notice key={message} tone="warning" title={message} hint={advice} />
      ))}
    </div>
  );
}

interface LineNode {
  line: ExplanationLine;
  below: LineNode[];
}

function nest(lines: readonly ExplanationLine[]): LineNode[] {
  const top: LineNode[] = [];
  const open: LineNode[] = [];
  for (const line of lines) {
    const node = { line, below: [] };
    open.length = Math.min(open.length, line.depth);
    (open.at(-1)?.below ?? top).push(node);
    open.push(node);
  }
  return top;
}

function Lines({ nodes }: { nodes: readonly LineNode[] }) {
  return (
    <ul className="m-0 grid list-disc gap-1 ps-5">
      {nodes.map(({ line, below }, at) => (
        <li key={at} className="wrap-anywhere">
          {line.text}
          {below.length > 0 && <Lines nodes={below} />}
        </li>
      ))}
    </ul>
  );
}
