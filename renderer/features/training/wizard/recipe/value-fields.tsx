import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { RecipePreset, TrainingMethod } from '../../../../../core/contract/index.ts';
import { Button, IconButton } from '../../../../components/button.tsx';
import { copy } from '../../../../copy.ts';
import type { WizardForm } from '../form.ts';
import { Labelled } from '../labelled.tsx';
import { findConflict, groupsFor, isReplaced, presetText, type Changes, type ValueKey } from '../values.ts';

const text = copy.wizard.recipe;

interface ValueFieldsProps {
  form: WizardForm;
  change(part: Partial<WizardForm>): void;
  method: TrainingMethod;
  preset: RecipePreset;
  changes: Changes;
}

/** Every value of the recipe, each with what the preset says; closed until it is wanted. */
export function ValueFields({ form, change, method, preset, changes }: ValueFieldsProps) {
  const conflict = findConflict({ ...preset.values, ...changes.values });
  const count = Object.keys(changes.values).length + changes.wrong.length;
  const [isOpen, setOpen] = useState(count > 0);
  const set = (key: ValueKey, typed: string | undefined) => {
    const { [key]: _before, ...others } = form.changes;
    change({ changes: typed === undefined ? others : { ...others, [key]: typed } });
  };
  return (
    <details
      className="rounded-m border border-border"
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="cursor-pointer px-4 py-3 font-semibold">{text.change}</summary>
      <div className="grid gap-5 border-t border-border px-4 py-4">
        <div className="flex flex-wrap items-center gap-3">
          <p className="grow text-s text-text-2">{text.changeHint}</p>
          <Button
            small
            icon={RotateCcw}
            disabled={Object.keys(form.changes).length === 0}
            onClick={() => change({ changes: {} })}
          >
            {text.resetAll}
          </Button>
        </div>
        {groupsFor(method).map(({ id, keys }) => (
          <fieldset key={id} className="m-0 grid gap-3 border-0 p-0">
            <legend className="mb-2 p-0 text-s font-semibold">{text.groups[id]}</legend>
            <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,260px),1fr))] gap-x-5 gap-y-4">
              {keys.map((key) => (
                <ValueField
                  key={key}
                  name={key}
                  typed={form.changes[key]}
                  preset={isReplaced(form, key) ? '' : presetText(preset, key)}
                  isChanged={changes.values[key] !== undefined}
                  error={errorOf(key, changes, conflict)}
                  onType={(typed) => set(key, typed)}
                />
              ))}
            </div>
          </fieldset>
        ))}
      </div>
    </details>
  );
}

function errorOf(key: ValueKey, { wrong }: Changes, conflict: ValueKey | undefined): string | undefined {
  if (wrong.includes(key)) return text.wrong.number;
  return key === conflict ? text.wrong.packLength : undefined;
}

interface ValueFieldProps {
  name: ValueKey;
  typed: string | undefined;
  preset: string;
  isChanged: boolean;
  error: string | undefined;
  /** Undefined: as the preset. */
  onType(typed: string | undefined): void;
}

function ValueField({ name, typed, preset, isChanged, error, onType }: ValueFieldProps) {
  const { label, unit, about } = text.values[name];
  const says = text.fromPreset(preset === '' ? text.unset : preset);
  return (
    <div
      className={`-ml-[14px] pl-3 ${isChanged ? 'border-l-2 border-accent' : 'border-l-2 border-transparent'}`}
    >
      <Labelled label={label} unit={unit} note={about} error={error}>
        {(props) => (
          <span className="flex items-center gap-2">
            {name === 'precision' ? (
              <select
                {...props}
                className="input small"
                value={typed ?? preset}
                onChange={(event) => onType(event.target.value)}
              >
                <option value="bf16">bf16</option>
                <option value="fp32">fp32</option>
              </select>
            ) : (
              <input
                {...props}
                className="input small tabular-nums"
                inputMode="decimal"
                autoComplete="off"
                placeholder={preset === '' ? text.unset : preset}
                value={typed ?? preset}
                onChange={(event) => onType(event.target.value)}
              />
            )}
            <IconButton
              icon={RotateCcw}
              label={text.reset(label)}
              disabled={typed === undefined}
              onClick={() => onType(undefined)}
            />
          </span>
        )}
      </Labelled>
      {(isChanged || error !== undefined) && <p className="text-xs font-medium text-accent">{says}</p>}
    </div>
  );
}
