import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';

const lines = 15;

/** The last lines of the trainer's own output. */
export function LogEnd({ runId }: { runId: string }) {
  const core = useCore();
  const read = useQuery({
    queryKey: ['training.log', runId, 'end'],
    queryFn: ({ signal }) => core['training.log']({ runId, from: -lines, limit: lines }, { signal }),
  });
  const ref = useRef<HTMLPreElement>(null);
  const shown = read.data?.lines ?? [];
  useEffect(() => {
    // The end says why.
    if (ref.current) ref.current.scrollTop = ref.current.scrollHeight;
  }, [read.data]);
  if (shown.length === 0) return null;
  return (
    <pre
      ref={ref}
      className="scroll m-0 max-h-[180px] rounded-m border border-border bg-surface px-3 py-2 text-xs text-text"
      tabIndex={0}
      role="region"
      aria-label={copy.training.notices.logEnd}
    >
      {shown.join('\n')}
    </pre>
  );
}
