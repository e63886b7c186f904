import type { ReactNode } from 'react';

interface SectionProps {
  title: string;
  hint?: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** A card of settings that belong together. */
export function Section({ title, hint, actions, children }: SectionProps) {
  return (
    <section className="card" aria-label={title}>
      <div className="card-head">
        <h2 className="grow">{title}</h2>
        {actions}
      </div>
      <div className="card-body grid gap-[16px]">
        {hint && <p className="muted">{hint}</p>}
        {children}
      </div>
    </section>
  );
}

interface RowProps {
  label: string;
  hint?: string | undefined;
  /** Id of the control that the label is for; left out where the control has its own. */
  controlId?: string;
  children: ReactNode;
}

/** One setting: what it is on the left, its control on the right. */
export function SettingRow({ label, hint, controlId, children }: RowProps) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-[24px] gap-y-[8px]">
      <div className="min-w-[240px] flex-1">
        {controlId ? (
          <label htmlFor={controlId} className="font-semibold">
            {label}
          </label>
        ) : (
          <p className="font-semibold">{label}</p>
        )}
        {hint && (
          <p id={controlId && `${controlId}-hint`} className="muted text-s">
            {hint}
          </p>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-[8px]">{children}</div>
    </div>
  );
}
