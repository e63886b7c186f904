import { Check, X } from 'lucide-react';
import type { HardwareEstimate, PriceTable } from '../../../../../core/contract/index.ts';
import { Tag } from '../../../../components/tag.tsx';
import { copy } from '../../../../copy.ts';
import { formatBytes } from '../../../../lib/format-values.ts';
import { Basis } from './chosen-hardware.tsx';

const text = copy.wizard.estimate;

const cell = 'px-3 py-2 text-left align-top';
const number = 'px-3 py-2 text-right align-top tabular-nums whitespace-nowrap';

interface HardwareTableProps {
  /** The chosen one first. */
  hardware: readonly HardwareEstimate[];
  prices: PriceTable | undefined;
}

/** The same run on other hardware. */
export function HardwareTable({ hardware, prices }: HardwareTableProps) {
  const { columns } = text;
  return (
    <section aria-label={text.table} className="grid gap-2">
      <h3 className="text-s font-semibold">{text.table}</h3>
      <div
        className="scroll overflow-x-auto rounded-m border border-border"
        role="region"
        aria-label={text.table}
        tabIndex={0}
      >
        <table className="w-full border-collapse text-s" aria-label={text.table}>
          <thead className="text-text-2">
            <tr>
              <th className={cell}>{columns.hardware}</th>
              <th className={number}>{columns.memory}</th>
              <th className={cell}>{columns.fits}</th>
              <th className={number}>{columns.hours}</th>
              <th className={number}>{columns.perRun}</th>
              <th className={number}>{columns.fiveRuns}</th>
              <th className={cell}>{columns.basis}</th>
            </tr>
          </thead>
          <tbody>
            {hardware.map((one, index) => (
              <HardwareRow
                key={one.priceId ?? `own-${one.title}`}
                hardware={one}
                isChosen={index === 0}
                price={prices?.hardware.find(({ id }) => id === one.priceId)}
              />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface RowProps {
  hardware: HardwareEstimate;
  isChosen: boolean;
  price: PriceTable['hardware'][number] | undefined;
}

function HardwareRow({ hardware, isChosen, price }: RowProps) {
  const { title, peakMemoryBytes, memoryBytes, fits, hours, costPerRun, costOfFiveRuns, basis } = hardware;
  const money = (amount: number | undefined) =>
    amount === undefined
      ? price && hours === null
        ? text.hours(null)
        : text.noCost
      : text.money(amount, hardware.currency ?? 'USD');
  return (
    <tr className={`border-t border-border ${isChosen ? 'bg-surface-2' : ''}`}>
      <th scope="row" className={`${cell} font-medium`}>
        {title} {isChosen && <Tag tone="accent">{text.chosenHere}</Tag>}
        {price && (
          <span className="block text-xs font-normal text-text-2">
            {text.priceOf(text.money(price.perHour, price.currency), price.asOf, price.source)}
          </span>
        )}
      </th>
      <td className={number}>
        {formatBytes(peakMemoryBytes)}
        {memoryBytes !== undefined && ` / ${formatBytes(memoryBytes)}`}
      </td>
      <td className={cell}>
        <span className={`inline-flex items-center gap-1 ${fits ? 'text-success' : 'text-danger'}`}>
          {fits ? <Check aria-hidden size={16} /> : <X aria-hidden size={16} />}
          {fits ? text.fits : text.doesNotFit}
        </span>
      </td>
      <td className={number}>{text.hours(hours)}</td>
      <td className={number}>{money(costPerRun)}</td>
      <td className={number}>{money(costOfFiveRuns)}</td>
      <td className={cell}>
        <Basis basis={basis} />
      </td>
    </tr>
  );
}
