import type { Candidate } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';

interface PreviewTableProps {
  label: string;
  preview: NonNullable<Candidate['preview']>;
}

/** A few rows as a plain table; the result's own grid is for many. */
export function PreviewTable({ label, preview: { columns, rows } }: PreviewTableProps) {
  return (
    <div
      className="scroll border-0 border-t border-solid border-border"
      tabIndex={0}
      role="group"
      aria-label={label}
    >
      <table className="border-collapse text-s tabular-nums">
        <thead>
          <tr>
            {columns.map(({ name }, at) => (
              <th key={at} className="bg-surface-2 px-3 py-1 text-start font-semibold" scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td
                  key={column}
                  className="max-w-80 truncate px-3 py-1"
                  title={cell === null ? undefined : String(cell)}
                >
                  {cell === null ? <span className="text-text-2">{copy.result.nullCell}</span> : String(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
