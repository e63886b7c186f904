import { useId, useMemo, useState, useSyncExternalStore } from 'react';
import { FigureTable } from '../../../components/chart/chart-card.tsx';
import { copy } from '../../../copy.ts';
import { joinChanges, slowDown, type Changes } from './changes.ts';
import type { PlotOptions } from './draw-plot.ts';
import { lastValue, listRows, valueAt } from './plot-rows.ts';
import type { PlotView } from './plot-view.ts';
import { Plot } from './plot.tsx';
import { Swatch } from './swatch.tsx';

const text = copy.training.charts;
const tableRows = 100;
/** Figures beside a chart follow the news at most so often, in milliseconds. */
const newsEveryMs = 250;

interface PlotCardProps {
  title: string;
  /** What the figure means, its unit. */
  hint?: string | undefined;
  /** Heading of the table's first column. */
  xName: string;
  options: PlotOptions;
  view: PlotView;
  news: Changes;
  /** Defaults to 200. */
  heightPx?: number;
  className?: string;
}

/** A chart with its figures at the pointer, or the same as a table. */
export function PlotCard(props: PlotCardProps) {
  const { title, hint, options, view, news, heightPx = 200, className = '' } = props;
  const [isTable, setTable] = useState(false);
  const name = useId();
  const changes = useSlowChanges(news, view.hovers);
  useSyncExternalStore(changes.subscribe, changes.version);
  const latest = options.lines.map((line) => {
    const value = lastValue(line);
    return `${line.name} ${value === undefined ? copy.training.missing : options.formatY(value)}`;
  });
  return (
    <section className={`card min-w-0 ${className}`} aria-label={title}>
      <div className="flex items-start gap-3 px-3 pt-2 pb-1">
        <div className="grow">
          <h3 className="m-0 text-s font-semibold" title={hint}>
            {title}
          </h3>
          <Readout options={options} view={view} />
        </div>
        <div className="segmented" role="radiogroup" aria-label={text.showAs(title)}>
          {[false, true].map((one) => (
            <label key={String(one)}>
              <input type="radio" name={name} checked={isTable === one} onChange={() => setTable(one)} />
              {one ? text.table : text.chart}
            </label>
          ))}
        </div>
      </div>
      {isTable ? (
        <PlotTable {...props} heightPx={heightPx} />
      ) : (
        <Plot
          label={text.describe(title, latest.join(', '))}
          heightPx={heightPx}
          options={options}
          view={view}
          news={news}
        />
      )}
    </section>
  );
}

function useSlowChanges(news: Changes, others: Changes): Changes {
  return useMemo(() => joinChanges([slowDown(news, newsEveryMs), others]), [news, others]);
}

/** The figures where the pointer is, in whichever chart; else the last ones. */
function Readout({ options: { lines, formatX, formatY }, view }: Pick<PlotCardProps, 'options' | 'view'>) {
  const x = view.hovered();
  return (
    <p className="flex min-h-[17px] min-w-0 flex-wrap items-center gap-x-3 text-xs text-text-2 tabular-nums">
      {x !== undefined && <span>{formatX(nearestPlace(lines[0], x))}</span>}
      {lines
        .filter(({ look }) => look !== 'faint' || lines.length === 1)
        .map((line) => {
          const value = x === undefined ? lastValue(line) : valueAt(line, x, false);
          return (
            <span key={line.id} className="inline-flex items-center gap-1 whitespace-nowrap">
              {lines.length > 1 && <Swatch color={line.color} />}
              {lines.length > 1 && <span className="max-w-[180px] truncate">{line.name}</span>}
              <span className="font-semibold text-text">
                {value === undefined ? copy.training.missing : formatY(value)}
              </span>
            </span>
          );
        })}
    </p>
  );
}

function nearestPlace(line: PlotOptions['lines'][number] | undefined, x: number): number {
  const first = line && listRows([line], { from: x, to: Infinity }, 1)[0];
  return first?.x ?? x;
}

function PlotTable({ title, xName, options, view, news, heightPx = 200 }: PlotCardProps) {
  const changes = useSlowChanges(news, view.ranges);
  useSyncExternalStore(changes.subscribe, changes.version);
  const { lines, formatX, formatY } = options;
  const rows = listRows(lines, view.range(), tableRows);
  return (
    <div className="grid content-start gap-1 overflow-hidden px-3 pb-3" style={{ height: heightPx }}>
      <p className="text-xs text-text-2">{text.tableNote(rows.length)}</p>
      <div className="min-h-0 overflow-hidden">
        <FigureTable
          title={title}
          head={[xName, ...lines.map((line) => line.name)]}
          numeric={[0, ...lines.map((_, at) => at + 1)]}
          rows={rows.map(({ x, values }) => [
            formatX(x),
            ...values.map((value) => (value === undefined ? copy.training.missing : formatY(value))),
          ])}
        />
      </div>
    </div>
  );
}
