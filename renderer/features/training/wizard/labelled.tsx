import { useId, type InputHTMLAttributes, type ReactNode } from 'react';
import { Button } from '../../../components/button.tsx';
import { findShell } from '../../../lib/shell.ts';

interface LabelledProps {
  label: string;
  note?: string | undefined;
  error?: string | undefined;
  /** After the label: a unit. */
  unit?: string | undefined;
  children(props: { id: string; 'aria-describedby': string; 'aria-invalid': boolean }): ReactNode;
}

/** A field with its name above and what it means, or what is wrong with it, below. */
export function Labelled({ label, note, error, unit, children }: LabelledProps) {
  const id = useId();
  return (
    <div className="field content-start">
      <label htmlFor={id}>
        {label}
        {unit !== undefined && <span className="font-normal text-text-2"> ({unit})</span>}
      </label>
      {children({ id, 'aria-describedby': `${id}-note`, 'aria-invalid': error !== undefined })}
      <p id={`${id}-note`} className={error === undefined ? 'field-note' : 'field-error'}>
        {error ?? note}
      </p>
    </div>
  );
}

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'> {
  label: string;
  value: string;
  onChange(value: string): void;
  note?: string | undefined;
  error?: string | undefined;
  unit?: string | undefined;
  mono?: boolean;
}

export function TextField({ label, note, error, unit, mono, onChange, ...input }: TextFieldProps) {
  return (
    <Labelled label={label} note={note} error={error} unit={unit}>
      {(props) => (
        <input
          autoComplete="off"
          spellCheck={false}
          {...input}
          {...props}
          className={`input ${mono ? 'mono' : ''}`}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Labelled>
  );
}

/** Only the desktop shell can open a dialog for paths; a browser never learns a file's path. */
export function PickPath({
  kind,
  title,
  onPick,
}: {
  kind: 'file' | 'folder';
  title: string;
  onPick(path: string): void;
}) {
  const shell = findShell();
  if (!shell) return null;
  async function pick(): Promise<void> {
    const path = await shell?.pickPath({ kind, title });
    if (path) onPick(path);
  }
  return (
    <Button small onClick={() => void pick()}>
      {title}
    </Button>
  );
}
