import { ChartColumn, Image } from 'lucide-react';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Cell, ResultColumn } from '../../../../core/contract/index.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { MenuButton } from '../../../components/menu-button.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { isNumericType } from '../../../lib/format-rows.ts';
import { formatCount } from '../../../lib/format-values.ts';
import { readChart, type ChartData } from './chart-data.ts';
import { choosePlan, listKinds, type ChartKind, type ChartPlan } from './chart-plan.ts';
import { createChart, drawPicture, optionOf, readTheme, type ChartPicture } from './draw-chart.ts';

interface ChartViewProps {
  columns: ResultColumn[];
  rows: Cell[][];
  /** The rows are the first of more. */
  hasMore: boolean;
  fileName: string;
  /** What the picture is of: the statement. */
  description: string;
}

/** The rows as a picture: a kind and columns chosen by their types, which the user can change. */
export function ChartView({ columns, rows, hasMore, fileName, description }: ChartViewProps) {
  const chosen = useMemo(() => choosePlan(columns, rows), [columns, rows]);
  const [changed, setChanged] = useState<ChartPlan>();
  const plan = changed ?? chosen;
  const data = useMemo(() => plan && readChart(columns, rows, plan), [columns, rows, plan]);
  if (!plan || !data) {
    const hint = columns.length < 2 ? copy.charts.oneColumn : copy.charts.noNumbers;
    return <EmptyState icon={ChartColumn} title={copy.charts.emptyTitle} hint={hint} />;
  }
  const notes = [...(hasMore ? [copy.charts.firstRows(rows.length)] : []), ...data.notes];
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <ChartControls columns={columns} kinds={listKinds(columns, rows)} plan={plan} onChange={setChanged} />
      {notes.length > 0 && <p className="m-0 px-4 pb-1 text-xs text-text-2">{notes.join(' ')}</p>}
      {data.pointCount === 0 ? (
        <EmptyState icon={ChartColumn} title={copy.charts.emptyTitle} hint={copy.charts.noPoints} />
      ) : (
        <Picture columns={columns} plan={plan} data={data} fileName={fileName} statement={description} />
      )}
    </div>
  );
}

interface ControlsProps {
  columns: ResultColumn[];
  kinds: ChartKind[];
  plan: ChartPlan;
  onChange(plan: ChartPlan): void;
}

const none = -1;

function ChartControls({ columns, kinds, plan, onChange }: ControlsProps) {
  const options = columns.map(({ name }, index) => ({ value: index, label: name }));
  const numbers = options.filter(({ value }) => isNumericType(columns[value]?.type ?? ''));
  const others = options.filter(({ value }) => value !== plan.x && !plan.y.includes(value));
  const [firstY = 0] = plan.y;
  const yOptions =
    plan.y.length > 1 ? [{ value: none, label: plan.y.map((index) => columns[index]?.name).join(', ') }] : [];
  return (
    <div className="flex flex-wrap items-center gap-3 px-4 pt-2 pb-2">
      <Choice
        label={copy.charts.kind}
        value={plan.kind}
        options={kinds.map((kind) => ({ value: kind, label: copy.charts.kinds[kind] }))}
        onChange={(kind) =>
          onChange({ ...plan, kind, ...(kind === 'scatter' ? pickPair(plan, numbers) : {}) })
        }
      />
      <Choice
        label={copy.charts.x}
        value={plan.x}
        options={plan.kind === 'scatter' ? numbers : options}
        onChange={(x) => onChange({ ...plan, x })}
      />
      <Choice
        label={copy.charts.y}
        value={plan.y.length > 1 ? none : firstY}
        options={[...yOptions, ...numbers]}
        onChange={(y) => onChange({ ...plan, y: y === none ? plan.y : [y] })}
      />
      {plan.kind !== 'pie' && (
        <Choice
          label={copy.charts.series}
          value={plan.series ?? none}
          options={[{ value: none, label: copy.charts.noSeries }, ...others]}
          onChange={(series) =>
            onChange({
              ...plan,
              series: series === none ? undefined : series,
              y: series === none ? plan.y : [firstY],
            })
          }
        />
      )}
    </div>
  );
}

/** Points need numbers on both axes. */
function pickPair(plan: ChartPlan, numbers: { value: number }[]): Partial<ChartPlan> {
  const places = numbers.map(({ value }) => value);
  const [y = 0] = plan.y;
  const x = places.includes(plan.x) && plan.x !== y ? plan.x : (places.find((place) => place !== y) ?? y);
  return { x, y: [y] };
}

interface ChoiceProps<V extends string | number> {
  label: string;
  value: V;
  options: { value: V; label: string }[];
  onChange(value: V): void;
}

function Choice<V extends string | number>({ label, value, options, onChange }: ChoiceProps<V>) {
  const id = useId();
  return (
    <span className="inline-flex items-center gap-1.5 text-s">
      <label htmlFor={id} className="whitespace-nowrap text-text-2">
        {label}
      </label>
      <select
        id={id}
        className="input max-w-48"
        value={String(value)}
        onChange={(event) => {
          const picked = options.find((option) => String(option.value) === event.target.value);
          if (picked) onChange(picked.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={String(option.value)}>
            {option.label}
          </option>
        ))}
      </select>
    </span>
  );
}

interface PictureProps {
  columns: ResultColumn[];
  plan: ChartPlan;
  data: ChartData;
  fileName: string;
  statement: string;
}

function Picture({ columns, plan, data, fileName, statement }: PictureProps) {
  const ref = useRef<HTMLDivElement>(null);
  const toast = useToast();
  const scheme = useScheme();
  const xName = columns[plan.x]?.name ?? '';
  const yName = plan.y.map((index) => columns[index]?.name ?? '').join(', ');
  const summary = describe(plan, data, xName, yName);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const chart = createChart(element);
    const picture = { kind: plan.kind, data, xName, yName, theme: readTheme(element), description: summary };
    chart.setOption(optionOf(picture));
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
  }, [plan, data, xName, yName, summary, scheme]);

  function save(format: string): void {
    const element = ref.current;
    if (!element) return;
    const picture: ChartPicture = {
      kind: plan.kind,
      data,
      xName,
      yName,
      theme: readTheme(element),
      description: summary,
    };
    const isSvg = format === 'svg';
    try {
      const text = drawPicture(picture, isSvg ? 'svg' : 'png', element.clientWidth, element.clientHeight);
      saveImage(
        `${fileName}.${isSvg ? 'svg' : 'png'}`,
        isSvg ? new Blob([text], { type: 'image/svg+xml' }) : toBlob(text),
      );
    } catch {
      toast(copy.charts.saveFailed);
    }
  }
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div className="absolute top-0 right-4 z-1">
        <MenuButton
          label={copy.common.save}
          icon={Image}
          items={[
            { id: 'png', label: copy.charts.savePng },
            { id: 'svg', label: copy.charts.saveSvg },
          ]}
          onPick={save}
        />
      </div>
      <figure className="m-0 flex min-h-0 flex-1 flex-col px-2 pb-2" aria-label={summary}>
        <div ref={ref} className="min-h-40 flex-1" role="img" aria-label={summary} title="" />
        <figcaption className="visually-hidden">{statement}</figcaption>
      </figure>
    </div>
  );
}

function describe(plan: ChartPlan, data: ChartData, xName: string, yName: string): string {
  const what = copy.charts.describe(copy.charts.kinds[plan.kind], yName, xName, data.pointCount);
  return `${what} ${copy.charts.range(formatCount(data.lowest), formatCount(data.highest))}`;
}

function toBlob(dataUrl: string): Blob {
  const [, encoded = ''] = dataUrl.split(',');
  return new Blob([Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0))], {
    type: 'image/png',
  });
}

function saveImage(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by the time the next task runs.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Changes whenever the window turns dark or light, so that the picture is drawn anew. */
function useScheme(): string {
  const [scheme, setScheme] = useState(0);
  useEffect(() => {
    const change = () => setScheme((count) => count + 1);
    const system = window.matchMedia('(prefers-color-scheme: dark)');
    const observer = new MutationObserver(change);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    system.addEventListener('change', change);
    return () => {
      observer.disconnect();
      system.removeEventListener('change', change);
    };
  }, []);
  return String(scheme);
}
