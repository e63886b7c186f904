import { KeyRound } from 'lucide-react';
import type { AppError } from '../../../../../core/contract/index.ts';
import { Button } from '../../../../components/button.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { Spinner } from '../../../../components/spinner.tsx';
import { copy } from '../../../../copy.ts';
import { MachineFacts } from './machine-facts.tsx';
import type { TestState } from './use-host-test.ts';

const text = copy.wizard.where;

interface HostTestProps {
  state: TestState;
  trustError: AppError | undefined;
  onTrust(): void;
}

/** What a test of a host said. A key that nobody has seen is agreed to here; a changed one cannot be. */
export function HostTest({ state, trustError, onTrust }: HostTestProps) {
  if (state.kind === 'untested') return null;
  if (state.kind === 'testing') {
    return (
      <p role="status" className="flex items-center gap-2 text-s text-text-2">
        <Spinner /> {text.testing}
      </p>
    );
  }
  const { test } = state;
  switch (test.kind) {
    case 'ok':
      return (
        <div className="grid gap-3">
          <Notice tone="success" title={text.testOk(test.machine.host, test.latencyMs)} />
          <MachineFacts machine={test.machine} />
        </div>
      );
    case 'unknown-key':
      return (
        <Notice
          tone="warning"
          title={text.unknownTitle(test.host)}
          message={text.unknownText(test.keyType, test.fingerprint)}
          hint={text.unknownHint}
          actions={
            <>
              <Button small icon={KeyRound} onClick={onTrust}>
                {text.trust}
              </Button>
              {trustError && (
                <Notice
                  tone="error"
                  title={text.trustFailed}
                  message={trustError.message}
                  hint={trustError.hint}
                />
              )}
            </>
          }
        />
      );
    case 'changed-key':
      return (
        <Notice
          tone="error"
          title={text.changedTitle(test.host)}
          message={text.changedText(test.message, test.fingerprint, test.expected)}
          hint={test.hint}
        />
      );
    case 'failed':
      return (
        <Notice tone="error" title={text.testFailed} message={test.error.message} hint={test.error.hint} />
      );
  }
}
