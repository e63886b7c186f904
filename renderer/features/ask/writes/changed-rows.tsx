import type { Cell, ChangedRow, WritePreview } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { cellText, isNumericType } from '../../../lib/format-rows.ts';

/** A cell is drawn with so many characters at most. */
const drawnCharacters = 200;

/** The rows of a preview: for what changes, the value before and after in the same cell. */
export function ChangedRows({ preview }: { preview: WritePreview }) {
  const { columns, rows } = preview;
  return (
    <div
      className="mt-3 max-h-[45vh] overflow-auto rounded-m border border-border"
      tabIndex={0}
      role="region"
      aria-label={copy.writes.rows}
    >
      <table className="w-full border-collapse text-s">
        <thead>
          <tr>
            <th className={`${headClass} text-start`} scope="col">
              {copy.writes.change}
            </th>
            {columns.map(({ name, type }, index) => (
              // Two columns of a table never have the same name; the place is the key all the same.
              <th
                key={index}
                className={`${headClass} ${isNumericType(type) ? 'text-end' : 'text-start'}`}
                scope="col"
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index} className="border-t border-border">
              <td className={`px-3 py-1 whitespace-nowrap ${toneOf[row.change]}`}>
                {copy.writes.changes[row.change]}
              </td>
              {columns.map(({ type }, column) => (
                <td
                  key={column}
                  className={`px-3 py-1 whitespace-pre ${isNumericType(type) ? 'text-end' : ''}`}
                >
                  <ChangedCell row={row} column={column} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const headClass = 'sticky top-0 bg-surface-2 px-3 py-1.5 whitespace-nowrap';
const toneOf: Record<ChangedRow['change'], string> = {
  insert: 'text-success',
  update: 'text-warning',
  delete: 'text-danger',
};

function ChangedCell({ row: { change, before, after }, column }: { row: ChangedRow; column: number }) {
  const [old, now] = [before?.[column], after?.[column]];
  if (change === 'delete') return <del className="text-danger">{show(old)}</del>;
  if (change === 'insert') return <ins className="text-success no-underline">{show(now)}</ins>;
  if (before === undefined || old === now) return show(now);
  return (
    <>
      <del className="text-danger">{show(old)}</del> →{' '}
      <ins className="font-semibold text-success no-underline">{show(now)}</ins>
    </>
  );
}

function show(cell: Cell | undefined) {
  return cell === null || cell === undefined ? (
    <em className="text-text-2">{copy.result.nullCell}</em>
  ) : (
    cellText(cell).slice(0, drawnCharacters)
  );
}
