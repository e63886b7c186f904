import { useEffect, useRef, useState } from 'react';
import { AppError, type CommitResult, type WritePreview } from '../../../../core/contract/index.ts';
import { useCore } from '../../../lib/core-context.tsx';

export type WriteState =
  | { kind: 'previewing' }
  | { kind: 'previewed'; preview: WritePreview }
  | { kind: 'committing'; preview: WritePreview }
  | { kind: 'ended'; preview: WritePreview; result: CommitResult }
  | { kind: 'failed'; of: 'preview' | 'commit'; error: AppError };

/** A preview at once; a commit only when it is asked for. Leaving stops what runs, and rolls it back. */
export function useWrite(connectionId: string, sql: string) {
  const core = useCore();
  const [state, setState] = useState<WriteState>({ kind: 'previewing' });
  const running = useRef<AbortController>(undefined);

  async function attempt(
    of: 'preview' | 'commit',
    work: (signal: AbortSignal) => Promise<WriteState>,
  ): Promise<void> {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    let next: WriteState;
    try {
      next = await work(controller.signal);
    } catch (error) {
      next = { kind: 'failed', of, error: AppError.from(error) };
    }
    if (!controller.signal.aborted) setState(next);
  }

  function preview(): void {
    setState({ kind: 'previewing' });
    void attempt('preview', async (signal) => ({
      kind: 'previewed',
      preview: await core['postgres.previewWrite']({ connectionId, sql }, { signal }),
    }));
  }

  function commit(shown: WritePreview): void {
    setState({ kind: 'committing', preview: shown });
    const { previewId, statementHash } = shown;
    void attempt('commit', async (signal) => ({
      kind: 'ended',
      preview: shown,
      result: await core['postgres.commitWrite']({ previewId, statementHash }, { signal }),
    }));
  }

  const first = useRef(preview);
  useEffect(() => {
    first.current();
    return () => running.current?.abort();
  }, []);

  return { state, preview, commit };
}
