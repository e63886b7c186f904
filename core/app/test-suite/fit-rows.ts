import { createHash } from 'node:crypto';
import type { GeneratedRows } from '../../contract/index.ts';
import type { LoadedTable } from '../../conversion/load.ts';
import type { TextRow } from '../../evaluation/test-suite/index.ts';

export interface Fitting {
  tables: readonly LoadedTable[];
  /** Types by `table.column` that the makers of rows take for text though they are not: boolean, uuid, an enum. */
  types: ReadonlyMap<string, string>;
  shipped: ReadonlyMap<string, readonly TextRow[]>;
}

type Cell = string | number | null;

/**
 * Generated rows with values that fit columns of such types: a uuid is a hash of the value that was made, so that keys
 * stay together; anything else is one of the shipped values, and stays what it is where there are none.
 */
export function fitRows(rows: GeneratedRows, { tables, types, shipped }: Fitting): GeneratedRows {
  if (types.size === 0) return rows;
  return {
    kind: rows.kind,
    tables: rows.tables.map((filled) => {
      const table = tables.find((each) => each.name === filled.table);
      const fits = filled.columns.map((name) => {
        const type = types.get(`${filled.table}.${name}`);
        const place = table?.columns.findIndex((column) => column.name === name) ?? -1;
        const values = [...new Set((shipped.get(filled.table) ?? []).flatMap((row) => row[place] ?? []))];
        return type === undefined ? keep : (cell: Cell) => fitCell(cell, type, values.sort());
      });
      return {
        ...filled,
        rows: filled.rows.map((row) => row.map((cell, index) => (fits[index] ?? keep)(cell))),
      };
    }),
  };
}

function keep(cell: Cell): Cell {
  return cell;
}

function fitCell(cell: Cell, type: string, values: readonly string[]): Cell {
  if (cell === null || values.includes(String(cell))) return cell;
  const hash = createHash('md5').update(String(cell)).digest('hex');
  if (type === 'uuid') return hash;
  return values[Number.parseInt(hash.slice(0, 8), 16) % values.length] ?? cell;
}
