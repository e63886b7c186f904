import { useId } from 'react';
import type { SourceInfo } from '../../../../../core/contract/index.ts';
import { copy } from '../../../../copy.ts';
import { formatMoment } from '../../../../lib/format-values.ts';
import { hrefOf } from '../../../../lib/navigation.ts';
import type { TypedSource } from '../form.ts';
import { isWeight } from '../resolve.ts';

const text = copy.wizard.data;

interface SourceRowProps {
  info: SourceInfo;
  chosen: TypedSource | undefined;
  /** Percent of an epoch. */
  share: number | undefined;
  onToggle(isChosen: boolean): void;
  onWeight(weight: string): void;
}

export function SourceRow({ info, chosen, share, onToggle, onWeight }: SourceRowProps) {
  const id = useId();
  const { missing, title } = info;
  // One that was chosen and went missing can still be taken out.
  const isLocked = missing !== undefined && !chosen;
  return (
    <li
      className={`flex flex-wrap items-center gap-x-4 gap-y-2 rounded-m border p-3 ${
        chosen ? 'border-accent bg-accent-soft' : 'border-border'
      }`}
    >
      <input
        type="checkbox"
        className="m-0 flex-none accent-accent"
        checked={chosen !== undefined}
        disabled={isLocked}
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-facts`}
        onChange={(event) => onToggle(event.target.checked)}
      />
      <div className="min-w-[200px] flex-1">
        <p id={`${id}-title`} className="font-semibold [overflow-wrap:anywhere]">
          {title}
        </p>
        <p id={`${id}-facts`} className="text-s text-text-2">
          {missing ? [missing.message, missing.hint].filter(Boolean).join(' ') : factsOf(info).join(' · ')}
        </p>
        {missing && <WayOut kind={info.source.kind} />}
      </div>
      {chosen && (
        <div className="flex items-center gap-3 text-s">
          <span className="text-text-2 tabular-nums">
            {share === undefined ? text.shareOfFile : text.share(share)}
          </span>
          <WeightField title={title} weight={chosen.weight} onChange={onWeight} />
        </div>
      )}
    </li>
  );
}

function factsOf({ source, examples, databases, validationExamples, changedAt }: SourceInfo): string[] {
  return [
    text.examples(examples),
    ...(databases === undefined ? [] : [text.databases(databases)]),
    ...(validationExamples === undefined ? [] : [text.validation(validationExamples)]),
    ...(source.kind === 'spider' && source.version ? [text.version(source.version)] : []),
    ...(changedAt === undefined ? [] : [text.changed(formatMoment(changedAt))]),
  ];
}

function WayOut({ kind }: { kind: SourceInfo['source']['kind'] }) {
  if (kind === 'file') return null;
  return (
    <p className="text-s">
      {kind === 'spider' ? (
        <a href={hrefOf('dataset', 'pipeline')}>{text.toDataset}</a>
      ) : (
        <a href={hrefOf('ask')}>{text.toAsk}</a>
      )}
    </p>
  );
}

interface WeightFieldProps {
  title: string;
  weight: string;
  onChange(weight: string): void;
}

export function WeightField({ title, weight, onChange }: WeightFieldProps) {
  const id = useId();
  return (
    <span className="flex items-center gap-2">
      <label htmlFor={id} className="font-medium">
        {text.weightShort}
        <span className="visually-hidden">: {title}</span>
      </label>
      <input
        id={id}
        className="input small !w-[72px] text-right tabular-nums"
        inputMode="decimal"
        value={weight}
        aria-invalid={!isWeight(weight)}
        onChange={(event) => onChange(event.target.value)}
      />
    </span>
  );
}
