import { PlugZap, Save } from 'lucide-react';
import { useId } from 'react';
import { sslModeSchema, type Connection, type StudioBridge } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { copy } from '../../copy.ts';
import { useAppInfo } from '../../lib/queries.ts';
import { findShell } from '../../lib/shell.ts';
import { checksCertificate, type FormValues } from './draft.ts';
import { Field } from './field.tsx';
import { useConnectionForm, type TestState } from './use-connection-form.ts';

interface ConnectionFormProps {
  /** Absent for a new one. */
  existing?: Connection | undefined;
  onSaved(saved: Connection): void;
  onCancel(): void;
}

type TextField = 'name' | 'host' | 'port' | 'database' | 'user';

export function ConnectionForm({ existing, onSaved, onCancel }: ConnectionFormProps) {
  const form = useConnectionForm(existing, onSaved);
  const { values, change, errors, testState } = form;
  const appInfo = useAppInfo();
  const testing = testState.kind === 'testing';
  const textField = (field: TextField, span: 2 | 3 | 4 | 6) => (
    <Field
      span={span}
      label={copy.connections[field]}
      value={values[field]}
      onChange={(value) => change({ [field]: value })}
      error={errors[field]}
      inputMode={field === 'port' ? 'numeric' : undefined}
    />
  );
  return (
    <section className="card" aria-label={formTitle(existing)}>
      <div className="card-head">
        <h2>{formTitle(existing)}</h2>
      </div>
      <form
        className="card-body form-grid"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void form.save();
        }}
      >
        <Field
          span={6}
          label={copy.connections.url}
          value={form.url}
          onChange={(text) => void form.readUrl(text)}
          placeholder={copy.connections.urlPlaceholder}
          note={copy.connections.urlHint}
          error={form.urlError}
          autoFocus={!existing}
        />
        {textField('name', 6)}
        {textField('host', 4)}
        {textField('port', 2)}
        {textField('database', 2)}
        {textField('user', 2)}
        <PasswordField
          values={values}
          change={change}
          kept={existing?.hasPassword ?? false}
          note={appInfo.data?.secretStoreNote}
        />
        <TlsField values={values} change={change} />
        <WritesField values={values} change={change} />
        <div className="span-6">
          <TestResult state={testState} />
          {form.saveError && (
            <Notice
              tone="error"
              title={copy.problems.otherTitle}
              message={form.saveError.message}
              hint={form.saveError.hint}
            />
          )}
        </div>
        <div className="form-actions span-6">
          <Button onClick={onCancel}>{copy.common.cancel}</Button>
          <Button icon={PlugZap} disabled={testing || form.blocked} onClick={() => void form.test()}>
            {testing ? copy.connections.testing : copy.connections.test}
          </Button>
          <Button type="submit" variant="primary" icon={Save} disabled={testing || form.blocked}>
            {saveLabel(testState)}
          </Button>
        </div>
      </form>
    </section>
  );
}

function formTitle(existing: Connection | undefined): string {
  return existing ? copy.connections.formEdit(existing.name) : copy.connections.formAdd;
}

function saveLabel(state: TestState): string {
  if (state.kind !== 'tested') return copy.connections.save;
  return state.test.ok ? copy.connections.saveTested : copy.connections.saveAnyway;
}

interface PartProps {
  values: FormValues;
  change(part: Partial<FormValues>): void;
}

function PasswordField({
  values,
  change,
  kept,
  note,
}: PartProps & { kept: boolean; note?: string | undefined }) {
  const keepNote = kept && !values.forgetPassword ? copy.connections.passwordKept : undefined;
  return (
    <>
      <Field
        span={2}
        type="password"
        label={copy.connections.password}
        value={values.password}
        disabled={values.forgetPassword}
        onChange={(password) => change({ password })}
      />
      <div className="span-6 field">
        <span className="field-note">{[keepNote, note].filter(Boolean).join(' ')}</span>
        {kept && (
          <label className="field-note">
            <input
              type="checkbox"
              checked={values.forgetPassword}
              onChange={(event) => change({ forgetPassword: event.target.checked, password: '' })}
            />{' '}
            {copy.connections.forgetPassword}
          </label>
        )}
      </div>
    </>
  );
}

/** Off unless the user says otherwise, with what it means. */
function WritesField({ values, change }: PartProps) {
  const id = useId();
  return (
    <div className="field span-6">
      <label>
        <input
          type="checkbox"
          checked={values.allowWrites}
          aria-describedby={id}
          onChange={(event) => change({ allowWrites: event.target.checked })}
        />{' '}
        {copy.writes.allow}
      </label>
      <span id={id} className={`field-note ${values.allowWrites ? 'text-warning' : ''}`}>
        {copy.writes.allowWarning}
      </span>
    </div>
  );
}

function TlsField({ values, change }: PartProps) {
  const id = useId();
  return (
    <>
      <div className="field span-3">
        <label htmlFor={id}>{copy.connections.sslMode}</label>
        <select
          id={id}
          className="input"
          value={values.sslMode}
          onChange={(event) => change({ sslMode: sslModeSchema.parse(event.target.value) })}
        >
          {sslModeSchema.options.map((mode) => (
            <option key={mode} value={mode}>
              {copy.connections.sslModes[mode]} ({mode})
            </option>
          ))}
        </select>
      </div>
      {checksCertificate(values.sslMode) && (
        <>
          <Field
            span={3}
            label={copy.connections.sslRootCert}
            value={values.sslRootCert}
            onChange={(sslRootCert) => change({ sslRootCert })}
          />
          <ChooseCertificate onChoose={(sslRootCert) => change({ sslRootCert })} />
        </>
      )}
    </>
  );
}

/** Only the desktop shell can open a file dialog; a browser never learns a file's path. */
function ChooseCertificate({ onChoose }: { onChoose(path: string): void }) {
  const shell = findShell();
  if (!shell) return null;
  async function choose(from: StudioBridge): Promise<void> {
    const title = copy.connections.sslRootCert;
    const path = await from.pickPath({ kind: 'file', title, extensions: ['pem', 'crt', 'cer'] });
    if (path !== null) onChoose(path);
  }
  return (
    <div className="form-actions span-6">
      <Button onClick={() => void choose(shell)}>{copy.connections.chooseFile}</Button>
    </div>
  );
}

function TestResult({ state }: { state: TestState }) {
  if (state.kind !== 'tested') return null;
  const { test } = state;
  if (!test.ok) {
    return (
      <Notice tone="error" title={copy.connections.testFailed} message={test.message} hint={test.hint} />
    );
  }
  return (
    <Notice
      tone="success"
      title={copy.connections.testOk}
      message={copy.connections.testOkText(test.serverVersion, test.encrypted, test.latencyMs)}
    />
  );
}
