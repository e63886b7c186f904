import { useId, type InputHTMLAttributes } from 'react';

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange'> {
  label: string;
  value: string;
  onChange(value: string): void;
  error?: string | undefined;
  note?: string | undefined;
  /** Columns of six. */
  span: 2 | 3 | 4 | 6;
}

export function Field({ label, error, note, span, onChange, ...input }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  return (
    <div className={`field span-${span}`}>
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        className="input"
        autoComplete="off"
        spellCheck={false}
        aria-invalid={error !== undefined}
        aria-describedby={(error ?? note) ? noteId : undefined}
        onChange={(event) => onChange(event.target.value)}
      />
      {error ? (
        <span id={noteId} className="field-error">
          {error}
        </span>
      ) : (
        note && (
          <span id={noteId} className="field-note">
            {note}
          </span>
        )
      )}
    </div>
  );
}
