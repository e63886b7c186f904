import { useRef, useState } from 'react';
import { AppError, type SshHostDraft, type SshHostTest } from '../../../../../core/contract/index.ts';
import { useCore } from '../../../../lib/core-context.tsx';

export type TestState =
  { kind: 'untested' } | { kind: 'testing' } | { kind: 'tested'; draft: SshHostDraft; test: SshHostTest };

/** Tests a host, and keeps its key where the user agrees to it; then tests again. */
export function useHostTest() {
  const core = useCore();
  const [state, setState] = useState<TestState>({ kind: 'untested' });
  const [trustError, setTrustError] = useState<AppError>();
  /** An answer to what the form held before a change is dropped. */
  const asked = useRef(0);

  function forget(): void {
    asked.current += 1;
    setTrustError(undefined);
    setState({ kind: 'untested' });
  }

  async function test(draft: SshHostDraft): Promise<void> {
    const number = (asked.current += 1);
    setTrustError(undefined);
    setState({ kind: 'testing' });
    const answer = await core['training.testHost'](draft).catch(toFailedTest);
    if (number === asked.current) setState({ kind: 'tested', draft, test: answer });
  }

  async function trust(): Promise<void> {
    if (state.kind !== 'tested' || state.test.kind !== 'unknown-key') return;
    const { draft, test: found } = state;
    const { host, port, keyType, fingerprint } = found;
    try {
      await core['training.trustHost']({ host, port, keyType, fingerprint, draft });
      await test(draft);
    } catch (error) {
      setTrustError(AppError.from(error));
    }
  }

  return { state, test, trust, trustError, forget };
}

function toFailedTest(error: unknown): SshHostTest {
  return { kind: 'failed', error: AppError.from(error).toPayload() };
}
