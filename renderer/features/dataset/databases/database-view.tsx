import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, ListFilter, Table2, Waypoints } from 'lucide-react';
import type { DatabaseSchema, DatasetDatabase, ParsedSchema } from '../../../../core/contract/index.ts';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { formatCount } from '../../../lib/format-values.ts';
import { hrefOf } from '../../../lib/navigation.ts';
import { Loading } from '../dataset-gate.tsx';
import { datasetKeys } from '../dataset-queries.ts';
import { hrefOfPlace } from '../examples/example-place.ts';
import { noSearch } from '../examples/search-address.ts';
import { OutcomeBar } from './database-list.tsx';
import { TableView } from './table-view.tsx';

const text = copy.dataset.databases;

interface DatabaseViewProps {
  dbId: string;
  /** The table that is open; the first one by default. */
  table: string | undefined;
  database: DatasetDatabase | undefined;
}

/** One database: its tables in both engines, their rows as shipped, and the way to its examples. */
export function DatabaseView({ dbId, table, database }: DatabaseViewProps) {
  const core = useCore();
  const schema = useQuery({
    queryKey: datasetKeys.schema(dbId),
    queryFn: ({ signal }) => core['dataset.schema']({ dbId }, { signal }),
    staleTime: 60_000,
  });
  return (
    <div className="flex h-full min-h-0 flex-col gap-3 px-6 pb-4">
      <Head dbId={dbId} database={database} />
      {schema.error ? (
        <FailureNotice title={text.schemaFailed} error={schema.error} onRetry={() => void schema.refetch()} />
      ) : schema.data ? (
        <Tables chosen={table} {...schema.data} />
      ) : (
        <Loading />
      )}
    </div>
  );
}

function Head({ dbId, database }: Pick<DatabaseViewProps, 'dbId' | 'database'>) {
  const pairs = database?.pairs ?? 0;
  const link = 'flex items-center gap-1';
  return (
    <div className="flex flex-none flex-wrap items-center gap-x-4 gap-y-1 text-s">
      <a className={link} href={hrefOf('dataset', 'databases')}>
        <ArrowLeft aria-hidden size={14} />
        {text.back}
      </a>
      <h2 className="text-l!">{dbId}</h2>
      {database && (
        <span className="w-[160px]">
          <OutcomeBar byOutcome={database.byOutcome} />
        </span>
      )}
      <span className="grow" />
      <a className={link} href={hrefOf('schema', `spider:${dbId}`, 'diagram')}>
        <Waypoints aria-hidden size={14} />
        {text.openSchema}
      </a>
      {pairs > 0 && (
        <a
          className={link}
          href={hrefOfPlace({ id: undefined, search: { ...noSearch, filters: { dbId: [dbId] } } })}
        >
          <ListFilter aria-hidden size={14} />
          {text.openExamples(pairs)}
        </a>
      )}
    </div>
  );
}

interface TablesProps {
  dbId: string;
  chosen: string | undefined;
  sqlite?: ParsedSchema | undefined;
  postgres?: DatabaseSchema | undefined;
  samples: { table: string; column: string; values: string[] }[];
}

function Tables({ dbId, chosen, sqlite, postgres, samples }: TablesProps) {
  const names = sqlite?.tables.map(({ name }) => name) ?? postgres?.tables.map(({ name }) => name) ?? [];
  const name = names.find((one) => one === chosen) ?? names[0];
  const isSame = (other: string): boolean => other.toLowerCase() === name?.toLowerCase();
  return (
    <div className="grid min-h-0 flex-1 grid-cols-[240px_minmax(0,1fr)] gap-3">
      <nav className="card scroll p-2" aria-label={text.chooseTable}>
        <ul>
          {names.map((one) => (
            <li key={one}>
              <a
                href={hrefOf('dataset', 'databases', dbId, one)}
                aria-current={one === name ? 'true' : undefined}
                className="flex min-h-[30px] items-center gap-2 rounded-m px-2 text-s text-text no-underline hover:bg-surface-3 aria-[current]:bg-accent-soft aria-[current]:text-accent"
              >
                <Table2 aria-hidden size={14} className="flex-none" />
                <span className="min-w-0 flex-1 truncate" title={one}>
                  {one}
                </span>
                <span className="text-xs text-text-2 tabular-nums">
                  {formatCount(sqlite?.tables.find((each) => each.name === one)?.rowCount ?? 0)}
                </span>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {name !== undefined && (
        <TableView
          key={name}
          dbId={dbId}
          name={name}
          sqlite={sqlite?.tables.find((each) => isSame(each.name))}
          postgres={postgres?.tables.find((each) => isSame(each.name))}
          samples={samples.filter((each) => isSame(each.table))}
        />
      )}
    </div>
  );
}
