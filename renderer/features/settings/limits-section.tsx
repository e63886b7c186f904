import { useId, useState } from 'react';
import { defaultMaxRows, defaultTimeoutMs, type SettingLimits } from '../../../core/contract/index.ts';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { setPreference, usePreferences } from '../../lib/preferences.ts';
import { Section, SettingRow } from './section.tsx';

export function LimitsSection() {
  const { limits = {} } = usePreferences();
  const toast = useToast();
  const keep = (change: SettingLimits) => {
    setPreference('limits', { ...limits, ...change });
    toast(copy.privacy.limitsKept);
  };
  const keepSeconds = (seconds: number | undefined) =>
    keep({ timeoutMs: (seconds ?? defaultTimeoutMs / 1_000) * 1_000 });
  return (
    <Section title={copy.privacy.sections.limits}>
      <NumberRow
        label={copy.privacy.timeout}
        hint={copy.privacy.timeoutHint}
        unit={copy.privacy.seconds}
        value={(limits.timeoutMs ?? defaultTimeoutMs) / 1_000}
        range={[1, 3_600]}
        onKeep={keepSeconds}
      />
      <NumberRow
        label={copy.privacy.maxRows}
        hint={copy.privacy.maxRowsHint}
        unit={copy.privacy.rows}
        value={limits.maxRows ?? defaultMaxRows}
        range={[1, 100_000]}
        onKeep={(maxRows = defaultMaxRows) => keep({ maxRows })}
      />
      <NumberRow
        label={copy.privacy.candidates}
        hint={copy.privacy.candidatesHint}
        placeholder={copy.privacy.automatic}
        value={limits.candidates}
        range={[1, 16]}
        onKeep={(candidates) => {
          const { candidates: _before, ...others } = limits;
          setPreference('limits', candidates === undefined ? others : { ...others, candidates });
          toast(copy.privacy.limitsKept);
        }}
      />
      <SettingRow label={copy.privacy.threads} hint={copy.privacy.threadsHint}>
        {null}
      </SettingRow>
    </Section>
  );
}

interface NumberRowProps {
  label: string;
  hint: string;
  unit?: string;
  placeholder?: string;
  value: number | undefined;
  range: [min: number, max: number];
  /** Undefined where the field was emptied. */
  onKeep(value: number | undefined): void;
}

/** Kept when the field is left or Enter is pressed, and only where it fits. */
function NumberRow({ label, hint, unit, placeholder, value, range: [min, max], onKeep }: NumberRowProps) {
  const id = useId();
  const [typed, setTyped] = useState<string>();
  const text = typed ?? (value === undefined ? '' : String(value));
  const number = text.trim() === '' ? undefined : Number(text);
  const isWrong = number !== undefined && !(Number.isInteger(number) && number >= min && number <= max);
  function leave(): void {
    if (typed === undefined || isWrong) return;
    setTyped(undefined);
    if (number !== value) onKeep(number);
  }
  return (
    <SettingRow label={label} hint={hint} controlId={id}>
      <input
        id={id}
        className="input w-[120px] text-right"
        inputMode="numeric"
        value={text}
        placeholder={placeholder}
        aria-invalid={isWrong}
        aria-describedby={isWrong ? `${id}-error ${id}-hint` : `${id}-hint`}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={leave}
        onKeyDown={(event) => {
          if (event.key === 'Enter') leave();
          if (event.key === 'Escape') setTyped(undefined);
        }}
      />
      <span className="muted min-w-[64px]">{unit}</span>
      {isWrong && (
        <span id={`${id}-error`} role="alert" className="field-error basis-full">
          {copy.privacy.outOfRange(min, max)}
        </span>
      )}
    </SettingRow>
  );
}
