import { Workflow } from 'lucide-react';
import type { DatabaseSchema, LintSeverity, Table, TableSummary } from '../../../core/contract/index.ts';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { copy } from '../../copy.ts';
import { formatBytes, formatCount } from '../../lib/format-values.ts';
import { useLint, useOverview } from './explorer-queries.ts';
import { hrefOfPlace } from './places.ts';
import { PlainTable, Row, TextCell } from './plain-table.tsx';
import type { Source } from './sources.ts';
import { tableKey } from './tree/tree-lines.ts';

const text = copy.explorer.overview;
const shownTables = 10;

interface Overview {
  databaseBytes: number;
  tables: TableSummary[];
}

interface OverviewProps {
  schema: DatabaseSchema;
  source: Source;
}

/** What a database is, before a table of it is chosen. */
export function OverviewView({ schema, source }: OverviewProps) {
  const overview = useOverview(source.id);
  return (
    <section
      aria-label={text.title(source.name)}
      tabIndex={0}
      className="scroll grid min-h-0 flex-1 content-start gap-4 p-6"
    >
      <div className="flex flex-wrap items-baseline gap-3">
        <h2 className="text-xl">{source.name}</h2>
        <span className="text-text-2">{text.version(schema.serverVersion)}</span>
        <span className="grow" />
        <a
          className="button secondary small no-underline text-text"
          href={hrefOfPlace({ sourceId: source.id, view: 'diagram' })}
        >
          <Workflow aria-hidden />
          {text.openDiagram}
        </a>
      </div>
      <Figures schema={schema} bytes={overview.data && sizeOf(source, overview.data)} />
      {overview.error && (
        <FailureNotice
          title={text.sizesFailed}
          error={overview.error}
          onRetry={() => void overview.refetch()}
        />
      )}
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <LargestTables schema={schema} source={source} sizes={overview.data?.tables} />
        <div className="grid gap-4">
          <Checks source={source} />
          <LoneTables schema={schema} source={source} />
        </div>
      </div>
    </section>
  );
}

/** Spider's databases are namespaces of one database: its size would be that of all. */
function sizeOf({ kind }: Source, { databaseBytes, tables }: Overview): number {
  return kind === 'spider' ? tables.reduce((sum, { totalBytes }) => sum + totalBytes, 0) : databaseBytes;
}

function Figures({ schema, bytes }: { schema: DatabaseSchema; bytes: number | undefined }) {
  const isView = ({ kind }: Table) => kind === 'view' || kind === 'materialized-view';
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
  const figures = [
    { title: text.tables, value: formatCount(schema.tables.filter((table) => !isView(table)).length) },
    { title: text.views, value: formatCount(schema.tables.filter(isView).length) },
    { title: text.columns, value: formatCount(sum(schema.tables.map(({ columns }) => columns.length))) },
    {
      title: text.relations,
      value: formatCount(sum(schema.tables.map((table) => table.foreignKeys.length))),
    },
    { title: text.size, value: bytes === undefined ? '…' : formatBytes(bytes) },
  ];
  return (
    <dl className="grid grid-cols-[repeat(auto-fit,minmax(120px,1fr))] gap-3">
      {figures.map(({ title, value }) => (
        <div key={title} className="card p-4">
          <dt className="text-s text-text-2">{title}</dt>
          <dd className="text-xl font-[650] tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface TablesProps extends OverviewProps {
  sizes: TableSummary[] | undefined;
}

function LargestTables({ schema, source, sizes }: TablesProps) {
  const byKey = new Map(sizes?.map((summary) => [`${summary.namespace}.${summary.table}`, summary]));
  const largest = schema.tables
    .filter(({ kind }) => kind !== 'view')
    .toSorted(
      (one, other) =>
        (byKey.get(tableKey(other))?.totalBytes ?? 0) - (byKey.get(tableKey(one))?.totalBytes ?? 0) ||
        (other.rowEstimate ?? 0) - (one.rowEstimate ?? 0),
    )
    .slice(0, shownTables);
  return (
    <section aria-label={text.largest} className="card overflow-hidden">
      <div className="card-head">
        <h2>{text.largest}</h2>
        <span className="text-s text-text-2">{text.largestNote}</span>
      </div>
      <PlainTable
        label={text.largest}
        heads={[
          { title: text.table },
          { title: text.rows, end: true, title2: text.rowsNote },
          { title: text.bytes, end: true },
          { title: text.indexes, end: true },
        ]}
      >
        {largest.map((table) => {
          const summary = byKey.get(tableKey(table));
          return (
            <Row key={tableKey(table)}>
              <TextCell head>
                <TableLink source={source} schema={schema} table={table} />
              </TextCell>
              <TextCell end>
                {table.rowEstimate === undefined ? text.unknown : formatCount(Math.round(table.rowEstimate))}
              </TextCell>
              <TextCell end>{summary ? formatBytes(summary.totalBytes) : '…'}</TextCell>
              <TextCell end>{summary ? formatCount(summary.indexes) : '…'}</TextCell>
            </Row>
          );
        })}
      </PlainTable>
    </section>
  );
}

function TableLink({ source, schema, table }: OverviewProps & { table: Table }) {
  const key = tableKey(table);
  return (
    <a href={hrefOfPlace({ sourceId: source.id, view: 'table', table: key })}>
      {schema.searchPath.includes(table.namespace) ? table.name : key}
    </a>
  );
}

const severities: readonly LintSeverity[] = ['error', 'warning', 'info'];
const dots = { error: 'bg-danger', warning: 'bg-warning', info: 'bg-accent' };

function Checks({ source }: { source: Source }) {
  const lint = useLint(source.id);
  const findings = lint.data?.findings ?? [];
  return (
    <section aria-label={text.checks} className="card">
      <div className="card-head">
        <h2>{text.checks}</h2>
        <span className="grow" />
        <a className="pr-2 text-s" href={hrefOfPlace({ sourceId: source.id, view: 'lint' })}>
          {text.seeChecks}
        </a>
      </div>
      <div className="card-body">
        {lint.isLoading && <Spinner />}
        {lint.error && (
          <FailureNotice
            title={copy.explorer.lint.failed}
            error={lint.error}
            onRetry={() => void lint.refetch()}
          />
        )}
        {lint.data && findings.length === 0 && <p className="text-text-2">{text.noChecks}</p>}
        <ul className="grid gap-1">
          {severities.map((severity) => {
            const count = findings.filter((finding) => finding.severity === severity).length;
            return count > 0 ? (
              <li key={severity} className="flex items-center gap-2">
                <span aria-hidden className={`h-2 w-2 rounded-[50%] ${dots[severity]}`} />
                <span className="flex-1">{copy.explorer.lint.severities[severity]}</span>
                <span className="tabular-nums">{formatCount(count)}</span>
              </li>
            ) : null;
          })}
        </ul>
      </div>
    </section>
  );
}

function LoneTables({ schema, source }: OverviewProps) {
  const referred = new Set(
    schema.tables.flatMap((table) =>
      table.foreignKeys.map(({ targetNamespace, targetTable }) => `${targetNamespace}.${targetTable}`),
    ),
  );
  const lone = schema.tables.filter(
    (table) => table.kind === 'table' && table.foreignKeys.length === 0 && !referred.has(tableKey(table)),
  );
  if (lone.length === 0) return null;
  return (
    <section aria-label={text.lone} className="card">
      <div className="card-head">
        <h2>{text.lone}</h2>
      </div>
      <div className="card-body grid gap-2">
        <p className="text-s text-text-2">{text.loneNote}</p>
        <ul className="flex flex-wrap gap-x-4 gap-y-1">
          {lone.slice(0, 40).map((table) => (
            <li key={tableKey(table)}>
              <TableLink source={source} schema={schema} table={table} />
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
