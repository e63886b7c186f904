import { useRef, useState } from 'react';
import { AppError, type Connection, type ConnectionTest } from '../../../core/contract/index.ts';
import { useCore } from '../../lib/core-context.tsx';
import { checkForm, draftOf, emptyForm, formOf, type FormErrors, type FormValues } from './draft.ts';

export type TestState = { kind: 'untested' } | { kind: 'testing' } | { kind: 'tested'; test: ConnectionTest };

/**
 * The form's values and what can be done with them. Saving tests first, unless these very values were tested. While the
 * URL is wrong or being read the fields are not what it says, so nothing is tested or saved.
 */
export function useConnectionForm(existing: Connection | undefined, onSaved: (saved: Connection) => void) {
  const core = useCore();
  const [values, setValues] = useState(existing ? formOf(existing) : emptyForm);
  const [url, setUrl] = useState('');
  const [urlError, setUrlError] = useState<string>();
  const [readingUrl, setReadingUrl] = useState(false);
  const [errors, setErrors] = useState<FormErrors>({});
  const [testState, setTestState] = useState<TestState>({ kind: 'untested' });
  const [saveError, setSaveError] = useState<AppError>();
  /** Counts the changes: an answer to what the form held before one is dropped. */
  const revision = useRef(0);
  const latestUrl = useRef('');
  const blocked = readingUrl || urlError !== undefined;

  function forgetAnswers(): void {
    setTestState({ kind: 'untested' });
    setErrors({});
    setSaveError(undefined);
    revision.current += 1;
  }

  function change(part: Partial<FormValues>): void {
    forgetAnswers();
    setValues((before) => ({ ...before, ...part }));
  }

  async function readUrl(text: string): Promise<void> {
    forgetAnswers();
    latestUrl.current = text;
    setUrl(text);
    setUrlError(undefined);
    setReadingUrl(text.trim() !== '');
    if (text.trim() === '') return;
    try {
      const { params, password } = await core['connections.parseUrl']({ url: text.trim() });
      if (text !== latestUrl.current) return;
      forgetAnswers();
      const { port, sslRootCert, ...rest } = params;
      setValues((before) => ({
        ...before,
        ...rest,
        port: String(port),
        password: password ?? '',
        sslRootCert: sslRootCert ?? '',
      }));
    } catch (error) {
      if (text !== latestUrl.current) return;
      const { message, hint } = AppError.from(error);
      setUrlError(hint ? `${message} ${hint}` : message);
    }
    setReadingUrl(false);
  }

  /** @returns the test's answer, or undefined when the form is not in order or has changed meanwhile */
  async function test(): Promise<ConnectionTest | undefined> {
    if (blocked) return undefined;
    const found = checkForm(values);
    setErrors(found);
    if (Object.keys(found).length > 0) return undefined;
    const tested = revision.current;
    setTestState({ kind: 'testing' });
    const answer = await core['connections.test'](draftOf(values, existing?.id)).catch(toFailedTest);
    if (tested !== revision.current) return undefined;
    setTestState({ kind: 'tested', test: answer });
    return answer;
  }

  async function save(): Promise<void> {
    if (blocked) return;
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

  return { values, change, url, readUrl, urlError, blocked, errors, testState, test, save, saveError };
}

function toFailedTest(error: unknown): ConnectionTest {
  const { code, message, hint } = AppError.from(error);
  return { ok: false, code, message, ...(hint === undefined ? {} : { hint }) };
}
