import type { HardwareEstimate } from '../../../../../core/contract/index.ts';
import { Notice } from '../../../../components/notice.tsx';
import { Tag } from '../../../../components/tag.tsx';
import { copy } from '../../../../copy.ts';

const text = copy.wizard.estimate;

/** Memory, time and cost where the run is going to be. */
export function ChosenHardware({ hardware }: { hardware: HardwareEstimate }) {
  const { title, fits, hours, basis, costPerRun, currency } = hardware;
  return (
    <section aria-label={text.chosen} className="grid gap-3 rounded-m border border-border p-4">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="grow text-s font-semibold">
          {text.chosen} <span className="font-normal text-text-2">· {title}</span>
        </h3>
        <Basis basis={basis} />
      </div>
      <div className="grid gap-4 min-[760px]:grid-cols-[minmax(0,2fr)_minmax(0,1fr)_minmax(0,1fr)]">
        <Memory hardware={hardware} />
        <Figure name={text.time} value={text.hours(hours)} />
        <Figure
          name={text.cost}
          value={costPerRun === undefined ? text.noCost : text.money(costPerRun, currency ?? 'USD')}
        />
      </div>
      {!fits && <Notice tone="warning" title={text.doesNotFit} hint={text.doesNotFitHint} />}
    </section>
  );
}

export function Basis({ basis }: { basis: HardwareEstimate['basis'] }) {
  return <Tag tone={basis === 'measured' ? 'success' : 'plain'}>{text.basis[basis]}</Tag>;
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div className="grid content-start gap-[2px]">
      <span className="text-xs text-text-2">{name}</span>
      <span className="text-l font-semibold tabular-nums">{value}</span>
    </div>
  );
}

function Memory({ hardware: { peakMemoryBytes, memoryBytes, fits } }: { hardware: HardwareEstimate }) {
  const share = memoryBytes === undefined ? undefined : Math.min(1, peakMemoryBytes / memoryBytes);
  const words = [text.needs(peakMemoryBytes), memoryBytes === undefined ? '' : text.has(memoryBytes)]
    .filter(Boolean)
    .join(' ');
  return (
    <div className="grid content-start gap-1">
      <span className="text-xs text-text-2">{text.memory}</span>
      {share !== undefined && (
        <div
          role="meter"
          aria-label={text.memory}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
          aria-valuetext={words}
          className="h-[8px] overflow-hidden rounded-s bg-surface-3"
        >
          <div
            className={`h-full ${fits ? 'bg-accent' : 'bg-danger'}`}
            style={{ width: `${share * 100}%` }}
          />
        </div>
      )}
      <span className="text-s tabular-nums">
        {words}, {fits ? text.fits : text.doesNotFit}
      </span>
    </div>
  );
}
