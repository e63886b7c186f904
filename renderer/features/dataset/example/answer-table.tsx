import type { StoredAnswer } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import type { RowMark, StoredCell } from '../../../lib/compare-rows.ts';

const text = copy.dataset.answers;

interface AnswerTableProps {
  label: string;
  answer: StoredAnswer;
  /** By row: the columns without an equal on the other side. */
  marks: readonly RowMark[];
}

/** The rows that one engine answered, those that differ marked cell by cell. */
export function AnswerTable({ label, answer: { columns, rows }, marks }: AnswerTableProps) {
  if (rows.length === 0) return <p className="muted p-3 text-s">{text.emptyAnswer}</p>;
  return (
    <div
      className="scroll max-h-[320px] focus-visible:outline-offset-[-2px]!"
      role="region"
      aria-label={label}
      tabIndex={0}
    >
      <table className="w-full border-collapse text-s">
        <thead>
          <tr>
            {columns.map((column, at) => (
              <th
                key={at}
                scope="col"
                className="sticky top-0 border-b border-border bg-surface-2 px-3 py-1 text-left font-semibold whitespace-nowrap"
              >
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at} className={marks[at] ? 'bg-danger-soft' : ''}>
              {row.map((cell, column) => (
                <AnswerCell key={column} cell={cell} differs={marks[at]?.has(column) === true} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function AnswerCell({ cell, differs }: { cell: StoredCell; differs: boolean }) {
  const shown = cell === null ? text.nullCell : String(cell);
  return (
    <td
      className={`max-w-[320px] truncate border-b border-border px-3 py-1 ${cell === null ? 'text-text-2 italic' : ''} ${differs ? 'font-semibold text-danger!' : ''}`}
      title={shown}
    >
      {shown}
      {differs && ' '}
      {differs && <span className="visually-hidden">({text.differs})</span>}
    </td>
  );
}
