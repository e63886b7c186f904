import { PlugZap, Save } from 'lucide-react';
import { useState } from 'react';
import { AppError, type SshHost } from '../../../../../core/contract/index.ts';
import { Button } from '../../../../components/button.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { copy } from '../../../../copy.ts';
import { useCore } from '../../../../lib/core-context.tsx';
import { TextField } from '../labelled.tsx';
import { AddressFields } from './address-fields.tsx';
import { HostTest } from './host-test.tsx';
import { draftOfHost, findErrors, type HostValues } from './host-values.ts';
import { useHostTest } from './use-host-test.ts';

const text = copy.wizard.where.form;

interface HostFormProps {
  initial: HostValues;
  /** Absent for a new one. */
  existing: SshHost | undefined;
  /** Told at every change, so that a reload loses nothing but secrets. */
  onTyped(values: HostValues): void;
  onSaved(host: SshHost): void;
  onCancel(): void;
}

export function HostForm({ initial, existing, onTyped, onSaved, onCancel }: HostFormProps) {
  const core = useCore();
  const [values, setValues] = useState(initial);
  const [isChecked, setChecked] = useState(false);
  const [saveError, setSaveError] = useState<AppError>();
  const hostTest = useHostTest();
  const found = findErrors(values);
  const errors = isChecked ? found : {};
  const isSound = Object.keys(found).length === 0;
  const title = existing ? text.edit(existing.name) : text.add;
  function change(part: Partial<HostValues>): void {
    const changed = { ...values, ...part };
    hostTest.forget();
    setSaveError(undefined);
    setValues(changed);
    onTyped(changed);
  }
  async function save(): Promise<void> {
    setChecked(true);
    if (!isSound) return;
    try {
      onSaved(await core['training.saveHost'](draftOfHost(values)));
    } catch (error) {
      setSaveError(AppError.from(error));
    }
  }
  function test(): void {
    setChecked(true);
    if (isSound) void hostTest.test(draftOfHost(values));
  }
  return (
    <form
      aria-label={title}
      noValidate
      className="grid gap-4 rounded-m border border-border-strong p-4"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <h3 className="text-m font-semibold">{title}</h3>
      <TextField
        label={text.name}
        placeholder={text.namePlaceholder}
        value={values.name}
        onChange={(name) => change({ name })}
      />
      <AddressFields
        address={values}
        errors={errors}
        hasSecret={existing?.hasSecret === true}
        onChange={change}
      />
      <label className="flex items-center gap-2 text-s font-medium">
        <input
          type="checkbox"
          className="m-0 accent-accent"
          checked={values.hasJump}
          onChange={(event) => change({ hasJump: event.target.checked })}
        />
        {text.jump}
      </label>
      {values.hasJump && (
        <AddressFields
          address={values.jump}
          errors={errors}
          isJump
          hasSecret={existing?.jump?.hasSecret === true}
          onChange={(part) => change({ jump: { ...values.jump, ...part } })}
        />
      )}
      <div className="grid gap-4 min-[760px]:grid-cols-2">
        <TextField
          label={text.folder}
          note={text.folderHint}
          mono
          value={values.folder}
          onChange={(folder) => change({ folder })}
        />
        <TextField
          label={text.python}
          note={text.pythonHint}
          mono
          value={values.python}
          onChange={(python) => change({ python })}
        />
      </div>
      <HostTest
        state={hostTest.state}
        trustError={hostTest.trustError}
        onTrust={() => void hostTest.trust()}
      />
      {saveError && (
        <Notice tone="error" title={text.saveFailed} message={saveError.message} hint={saveError.hint} />
      )}
      <div className="form-actions">
        <Button onClick={onCancel}>{copy.common.cancel}</Button>
        <Button icon={PlugZap} disabled={hostTest.state.kind === 'testing'} onClick={test}>
          {text.test}
        </Button>
        <Button type="submit" variant="primary" icon={Save}>
          {text.save}
        </Button>
      </div>
    </form>
  );
}
