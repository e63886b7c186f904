import { useId, useState, type ReactNode } from 'react';
import { copy } from '../../copy.ts';

interface ChartCardProps {
  title: string;
  note?: string;
  chart: ReactNode;
  table: {
    head: readonly string[];
    rows: readonly (readonly ReactNode[])[];
    /** Columns of numbers. */ numeric: readonly number[];
  };
}

const text = copy.evaluation.run;

/** A chart, or the same as a table. */
export function ChartCard({ title, note, chart, table }: ChartCardProps) {
  const name = useId();
  const [isTable, setTable] = useState(false);
  return (
    <section className="card min-w-0" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
        <span className="grow" />
        <div className="segmented" role="radiogroup" aria-label={text.showAs(title)}>
          {[false, true].map((one) => (
            <label key={String(one)}>
              <input type="radio" name={name} checked={isTable === one} onChange={() => setTable(one)} />
              {one ? text.table : text.chart}
            </label>
          ))}
        </div>
      </div>
      <div className="card-body grid gap-2">
        {isTable ? <FigureTable title={title} {...table} /> : chart}
        {note && <p className="text-xs text-text-2">{note}</p>}
      </div>
    </section>
  );
}

export function FigureTable({ title, head, rows, numeric }: ChartCardProps['table'] & { title: string }) {
  const align = (column: number) => (numeric.includes(column) ? 'text-right tabular-nums' : 'text-left');
  return (
    <div className="scroll max-h-[420px]" tabIndex={0} role="region" aria-label={title}>
      <table className="w-full border-collapse text-s" aria-label={title}>
        <thead>
          <tr className="text-xs text-text-2">
            {head.map((one, column) => (
              <th
                key={one}
                scope="col"
                className={`border-b border-border px-2 py-1 font-semibold ${align(column)}`}
              >
                {one}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={column} className={`border-b border-border px-2 py-1 ${align(column)}`}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
