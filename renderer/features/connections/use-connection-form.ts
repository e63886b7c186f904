import { useState } from 'react';
import { AppError, type Connection, type ConnectionTest } from '../../../core/contract/index.ts';
import { useCore } from '../../lib/core-context.tsx';
import { checkForm, draftOf, emptyForm, formOf, type FormErrors, type FormValues } from './draft.ts';

export type TestState = { kind: 'untested' } | { kind: 'testing' } | { kind: 'tested'; test: ConnectionTest };

/** The form's values and what can be done with them. Saving tests first, unless these very values were tested. */
export function useConnectionForm(existing: Connection | undefined, onSaved: (saved: Connection) => void) {
  const core = useCore();
  const [values, setValues] = useState(existing ? formOf(existing) : emptyForm);
  const [url, setUrl] = useState('');
  const [urlError, setUrlError] = useState<string>();
  const [errors, setErrors] = useState<FormErrors>({});
  const [testState, setTestState] = useState<TestState>({ kind: 'untested' });
  const [saveError, setSaveError] = useState<AppError>();

  function change(part: Partial<FormValues>): void {
    setValues({ ...values, ...part });
    setTestState({ kind: 'untested' });
    setErrors({});
  }

  async function readUrl(text: string): Promise<void> {
    setUrl(text);
    setUrlError(undefined);
    if (text.trim() === '') return;
    try {
      const { params, password } = await core['connections.parseUrl']({ url: text.trim() });
      const { port, sslRootCert, ...rest } = params;
      setValues((before) => ({
        ...before,
        ...rest,
        port: String(port),
        password: password ?? '',
        sslRootCert: sslRootCert ?? '',
      }));
      setTestState({ kind: 'untested' });
      setErrors({});
    } catch (error) {
      const { message, hint } = AppError.from(error);
      setUrlError(hint ? `${message} ${hint}` : message);
    }
  }

  /** @returns the test's answer, or undefined when the form itself is not in order */
  async function test(): Promise<ConnectionTest | undefined> {
    const found = checkForm(values);
    setErrors(found);
    if (Object.keys(found).length > 0) return undefined;
    setTestState({ kind: 'testing' });
    const answer = await core['connections.test'](draftOf(values, existing?.id)).catch(toFailedTest);
    setTestState({ kind: 'tested', test: answer });
    return answer;
  }

  async function save(): Promise<void> {
    setSaveError(undefined);
    if (testState.kind !== 'tested') {
      const answer = await test();
      if (!answer?.ok) return;
    }
    try {
      onSaved(await core['connections.save'](draftOf(values, existing?.id)));
    } catch (error) {
      setSaveError(AppError.from(error));
    }
  }

  return { values, change, url, readUrl, urlError, errors, testState, test, save, saveError };
}

function toFailedTest(error: unknown): ConnectionTest {
  const { code, message, hint } = AppError.from(error);
  return { ok: false, code, message, ...(hint === undefined ? {} : { hint }) };
}
