import { DatabaseZap } from 'lucide-react';
import { useState } from 'react';
import * as z from 'zod';
import { datasetPlaceSchema, type DatasetDatabase } from '../../../../core/contract/index.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { copy } from '../../../copy.ts';
import { formatCount } from '../../../lib/format-values.ts';
import { hrefOf, navigate } from '../../../lib/navigation.ts';
import { labelOf } from '../examples/search-address.ts';
import { keep, readKept } from '../kept.ts';
import {
  countVerified,
  databaseColumns,
  sortDatabases,
  type DatabaseColumn,
  type DatabaseSort,
} from './sort-databases.ts';

const text = copy.dataset.databases;
const { values } = copy.dataset;
const isNumber = (column: DatabaseColumn): boolean => column !== 'dbId' && column !== 'splits';

const viewSchema = z.object({
  wanted: z.string(),
  split: z.string(),
  sort: z.object({ by: z.enum(databaseColumns), descending: z.boolean() }),
});
type View = z.infer<typeof viewSchema>;

/** How the list was left. */
function useView(): [View, (changed: Partial<View>) => void] {
  const [view, setView] = useState<View>(
    () =>
      viewSchema.safeParse(readKept('databases')).data ?? {
        wanted: '',
        split: '',
        sort: { by: 'dbId', descending: false },
      },
  );
  return [
    view,
    (changed) => {
      const next = { ...view, ...changed };
      keep('databases', next);
      setView(next);
    },
  ];
}

/** Every database with its size and what became of its questions. */
export function DatabaseList({ databases }: { databases: readonly DatasetDatabase[] }) {
  const [{ wanted, split, sort }, change] = useView();
  const found = databases
    .filter(({ dbId }) => dbId.toLowerCase().includes(wanted.trim().toLowerCase()))
    .filter(({ splits }) => split === '' || splits.some((one) => one === split));
  return (
    <div className="flex h-full min-h-0 flex-col gap-2 px-6 pb-4">
      <div className="flex flex-none flex-wrap items-center gap-3">
        <input
          type="text"
          className="input small max-w-[320px]"
          aria-label={text.filter}
          placeholder={text.filter}
          spellCheck={false}
          value={wanted}
          onChange={({ target }) => change({ wanted: target.value })}
        />
        <label className="flex items-center gap-2 text-s text-text-2">
          {text.split}
          <select
            className="input small w-auto! text-text"
            value={split}
            onChange={({ target }) => change({ split: target.value })}
          >
            <option value="">{text.allSplits}</option>
            {datasetPlaceSchema.options.map((one) => (
              <option key={one} value={one}>
                {labelOf('split', one, values)}
              </option>
            ))}
          </select>
        </label>
        <p className="text-s text-text-2" role="status">
          {text.found(found.length, databases.length)}
        </p>
      </div>
      <div className="card min-h-0 flex-1 overflow-hidden">
        {found.length === 0 ? (
          <EmptyState icon={DatabaseZap} title={text.emptyTitle} hint={text.emptyHint} />
        ) : (
          <DatabaseTable
            databases={sortDatabases(found, sort)}
            sort={sort}
            onSort={(by) => change({ sort: { by, descending: sort.by === by && !sort.descending } })}
          />
        )}
      </div>
    </div>
  );
}

interface DatabaseTableProps {
  databases: readonly DatasetDatabase[];
  sort: DatabaseSort;
  onSort(by: DatabaseColumn): void;
}

function DatabaseTable({ databases, sort, onSort }: DatabaseTableProps) {
  return (
    <div className="scroll h-full" role="region" aria-label={text.label} tabIndex={0}>
      <table className="w-full border-collapse text-s">
        <thead>
          <tr>
            {databaseColumns.map((column) => (
              <th
                key={column}
                scope="col"
                aria-sort={sort.by !== column ? undefined : sort.descending ? 'descending' : 'ascending'}
                className={`sticky top-0 z-10 border-b border-border bg-surface-2 px-4 py-2 ${isNumber(column) ? 'text-right' : 'text-left'}`}
              >
                <button type="button" className="font-semibold" onClick={() => onSort(column)}>
                  {text.columns[column]}
                  {sort.by === column && <span aria-hidden>{sort.descending ? ' ↓' : ' ↑'}</span>}
                </button>
              </th>
            ))}
            <th
              scope="col"
              className="sticky top-0 z-10 border-b border-border bg-surface-2 px-4 py-2 text-left font-semibold"
            >
              {text.columns.outcomes}
            </th>
          </tr>
        </thead>
        <tbody>
          {databases.map((database) => (
            <DatabaseRow key={database.dbId} database={database} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const cell = 'border-b border-border px-4 py-[6px]';
const number = `${cell} text-right tabular-nums`;

function DatabaseRow({ database }: { database: DatasetDatabase }) {
  const { dbId, splits, tables, columns, rows, pairs } = database;
  const count = (known: number | undefined) => (known === undefined ? text.notParsed : formatCount(known));
  return (
    <tr className="cursor-pointer hover:bg-surface-2" onClick={() => navigate('dataset', 'databases', dbId)}>
      <th scope="row" className={`${cell} text-left font-medium`}>
        <a href={hrefOf('dataset', 'databases', dbId)}>{dbId}</a>
      </th>
      <td className={cell}>
        {splits.map((one) => (
          <span key={one} className="badge mr-1">
            {labelOf('split', one, values)}
          </span>
        ))}
      </td>
      <td className={number}>{count(tables)}</td>
      <td className={number}>{count(columns)}</td>
      <td className={number}>{count(rows)}</td>
      <td className={number}>{formatCount(pairs)}</td>
      <td className={number}>{pairs === 0 ? '' : text.verifiedOf(countVerified(database), pairs)}</td>
      <td className={`${cell} w-[180px]`}>
        <OutcomeBar byOutcome={database.byOutcome} />
      </td>
    </tr>
  );
}

const outcomeTones: Record<string, string> = {
  verified: 'bg-success',
  'verified-on-generated-rows': 'bg-success opacity-60',
  nondeterministic: 'bg-warning',
  failed: 'bg-danger',
};

/** Shares of the outcomes; the words and numbers are its name. */
export function OutcomeBar({ byOutcome }: { byOutcome: Record<string, number> }) {
  const parts = Object.keys(outcomeTones)
    .map((outcome) => ({ outcome, count: byOutcome[outcome] ?? 0 }))
    .filter(({ count }) => count > 0);
  if (parts.length === 0) return null;
  const name = parts
    .map(({ outcome, count }) => `${labelOf('outcome', outcome, values)}: ${formatCount(count)}`)
    .join(', ');
  return (
    <span
      role="img"
      aria-label={name}
      title={name}
      className="flex h-[10px] gap-[2px] overflow-hidden rounded-s"
    >
      {parts.map(({ outcome, count }) => (
        <span key={outcome} className={outcomeTones[outcome]} style={{ flexGrow: count, minWidth: 3 }} />
      ))}
    </span>
  );
}
