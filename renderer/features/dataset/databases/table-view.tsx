import { useState } from 'react';
import type { ParsedSchema, Table } from '../../../../core/contract/index.ts';
import { Tabs } from '../../../components/tabs.tsx';
import { copy } from '../../../copy.ts';
import { formatCount } from '../../../lib/format-values.ts';
import { TableRows } from './table-rows.tsx';

const text = copy.dataset.databases;
type TabId = 'columns' | 'rows';
const tabs: readonly { id: TabId; title: string }[] = [
  { id: 'columns', title: text.columnsTab },
  { id: 'rows', title: text.rowsTab },
];
type SqliteTable = ParsedSchema['tables'][number];

interface TableViewProps {
  dbId: string;
  name: string;
  sqlite: SqliteTable | undefined;
  postgres: Table | undefined;
  samples: { column: string; values: string[] }[];
}

/** One table: its columns in both engines, and its rows as shipped. */
export function TableView({ dbId, name, sqlite, postgres, samples }: TableViewProps) {
  const [tab, setTab] = useState<TabId>('columns');
  return (
    <section className="card flex min-h-0 min-w-0 flex-col overflow-hidden" aria-label={name}>
      <div className="card-head">
        <h3 className="m-0 font-mono text-m font-semibold">{name}</h3>
        {sqlite && <span className="badge">{text.rows(sqlite.rowCount)}</span>}
      </div>
      <div className="flex min-h-0 flex-1 flex-col [&>.tab-panel]:min-h-0 [&>.tab-panel]:flex-1">
        <Tabs label={text.parts} tabs={tabs} chosen={tab} onChoose={(next) => setTab(next)}>
          {tab === 'columns' ? (
            <Columns name={name} sqlite={sqlite} postgres={postgres} samples={samples} />
          ) : (
            <TableRows dbId={dbId} table={name} />
          )}
        </Tabs>
      </div>
    </section>
  );
}

interface ColumnRow {
  name: string;
  declared: string;
  stored: string;
  postgres: string;
  keys: string[];
  values: string[];
}

function Columns({ name, sqlite, postgres, samples }: Omit<TableViewProps, 'dbId'>) {
  const head = 'sticky top-0 border-b border-border bg-surface-2 px-4 py-2 text-left font-semibold';
  const cell = 'border-b border-border px-4 py-[6px] align-top';
  return (
    <div className="scroll h-full" role="region" aria-label={`${name}: ${text.columnsTab}`} tabIndex={0}>
      <table className="w-full border-collapse text-s">
        <thead>
          <tr>
            {(['column', 'declared', 'stored', 'postgres', 'keys', 'samples'] as const).map((column) => (
              <th key={column} scope="col" className={head}>
                {text[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {describeColumns(sqlite, postgres, samples).map((column) => (
            <tr key={column.name}>
              <th scope="row" className={`${cell} text-left font-mono font-medium`}>
                {column.name}
              </th>
              <td className={`${cell} font-mono`}>{column.declared}</td>
              <td className={`${cell} text-text-2`}>{column.stored}</td>
              <td className={`${cell} font-mono`}>{column.postgres}</td>
              <td className={cell}>
                {column.keys.map((key) => (
                  <span key={key} className="badge mr-1">
                    {key}
                  </span>
                ))}
              </td>
              <td className={`${cell} max-w-[260px] truncate text-text-2`} title={column.values.join(', ')}>
                {column.values.join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function describeColumns(
  sqlite: SqliteTable | undefined,
  postgres: Table | undefined,
  samples: TableViewProps['samples'],
): ColumnRow[] {
  const names = sqlite?.columns.map(({ name }) => name) ?? postgres?.columns.map(({ name }) => name) ?? [];
  return names.map((name) => {
    const isSame = (other: string): boolean => other.toLowerCase() === name.toLowerCase();
    const declared = sqlite?.columns.find((column) => column.name === name);
    return {
      name,
      declared: declared ? declared.declaredType || text.noType : '',
      stored: describeStored(declared),
      postgres: postgres?.columns.find((column) => isSame(column.name))?.type ?? text.notConverted,
      keys: sqlite ? describeKeys(sqlite, name) : [],
      values: samples.find(({ column }) => isSame(column))?.values ?? declared?.samples ?? [],
    };
  });
}

/** `integer 31, text 2`: what the cells really are. */
function describeStored(column: SqliteTable['columns'][number] | undefined): string {
  return Object.entries(column?.observedTypes ?? {})
    .map(([type, count]) => `${type} ${formatCount(count)}`)
    .join(', ');
}

function describeKeys({ primaryKey, uniqueKeys, foreignKeys, columns }: SqliteTable, name: string): string[] {
  const isIn = (keys: readonly string[]): boolean =>
    keys.some((key) => key.toLowerCase() === name.toLowerCase());
  return [
    ...(isIn(primaryKey) ? [text.primaryKey] : []),
    ...(uniqueKeys.some((key) => key.length === 1 && isIn(key)) ? [text.unique] : []),
    ...(columns.find((column) => column.name === name)?.notNull === true ? [text.notNull] : []),
    ...foreignKeys
      .filter((key) => isIn(key.columns))
      .map((key) => text.refersTo(`${key.targetTable}(${key.targetColumns.join(', ')})`)),
  ];
}
