import type { LoadedColumn, LoadedTable, ReadTable } from './load.ts';

/**
 * Gives both sides of a foreign key one type where the values allow it: text that is nothing but plain integers
 * becomes integer beside an integer key. Joins then need no casts, and the key can be declared.
 */
export function unifyKeyTypes(read: ReadTable[]): void {
  const tables = new Map(read.map(({ loaded }) => [loaded.name, loaded]));
  // A key may point at a column that changed a moment ago: chains settle in a few rounds.
  for (let changed = true; changed;) {
    changed = [...tables.values()].some((table) => unifyTable(table, tables));
  }
}

function unifyTable(table: LoadedTable, tables: Map<string, LoadedTable>): boolean {
  return table.foreignKeys.some((key) => {
    const target = tables.get(key.targetTable);
    return key.columns.some((name, index) => {
      const own = findColumn(table, name);
      const other = findColumn(target, key.targetColumns[index]);
      return own !== undefined && other !== undefined && unifyColumns(own, other);
    });
  });
}

function findColumn(table: LoadedTable | undefined, name: string | undefined): LoadedColumn | undefined {
  return table?.columns.find((column) => column.name === name);
}

function unifyColumns(left: LoadedColumn, right: LoadedColumn): boolean {
  if (left.type === right.type) return false;
  const changes = [
    dropFraction(left, right),
    dropFraction(right, left),
    becomeInteger(left, right),
    becomeInteger(right, left),
  ];
  return changes.includes(true);
}

/** A key declared REAL that holds whole numbers, beside one of integers. */
function dropFraction(column: LoadedColumn, other: LoadedColumn): boolean {
  const isBesideIntegers = other.type === 'integer' || (other.type === 'text' && other.allIntegerText);
  if (column.type !== 'double precision' || !column.wholeNumbers || !isBesideIntegers) return false;
  column.type = 'integer';
  return true;
}

function becomeInteger(column: LoadedColumn, other: LoadedColumn): boolean {
  const isOtherInteger = other.type === 'integer' || other.type === 'bigint';
  if (column.type !== 'text' || !column.allIntegerText || !isOtherInteger) return false;
  column.type = other.type;
  column.samples = [];
  column.allNumericText = false;
  return true;
}
