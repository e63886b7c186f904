import { useEffect, useRef, useState } from 'react';
import { AppError, type LiveProof } from '../../../../core/contract/index.ts';
import { useCore } from '../../../lib/core-context.tsx';

export interface LiveRun {
  state: 'idle' | 'running' | 'done' | 'failed';
  proof?: LiveProof;
  error?: AppError;
  /** PostgreSQL's SQL that was run in the place of the example's. */
  sql?: string | undefined;
}

/** Asks both engines for one example, one run at a time; leaving the example stops it. */
export function useLiveProof(id: string) {
  const core = useCore();
  const [run, setRun] = useState<LiveRun>({ state: 'idle' });
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), [id]);

  async function start(sql?: string): Promise<void> {
    stop.current?.abort();
    const own = new AbortController();
    stop.current = own;
    setRun({ state: 'running', sql });
    try {
      const proof = await core['dataset.run'](
        { id, ...(sql !== undefined && { sql }) },
        { signal: own.signal },
      );
      if (!own.signal.aborted) setRun({ state: 'done', proof, sql });
    } catch (error) {
      if (!own.signal.aborted) setRun({ state: 'failed', error: AppError.from(error), sql });
    }
  }
  function cancel(): void {
    stop.current?.abort();
    setRun({ state: 'idle' });
  }
  return { run, start: (sql?: string) => void start(sql), cancel };
}
