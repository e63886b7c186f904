import { FileCode2, MessageSquareText, Workflow } from 'lucide-react';
import { useState } from 'react';
import type { CoreClient, DatabaseSchema, TableName } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { Tabs } from '../../../components/tabs.tsx';
import { copy } from '../../../copy.ts';
import { requestAsk } from '../../../lib/ask-request.ts';
import { hrefOf } from '../../../lib/navigation.ts';
import { quoteIdentifier } from '../../../lib/quote-identifier.ts';
import { useTableDetails } from '../explorer-queries.ts';
import { hrefOfPlace } from '../places.ts';
import { Mark } from '../plain-table.tsx';
import type { Source } from '../sources.ts';
import { tableKey } from '../tree/tree-lines.ts';
import { ColumnsTab } from './columns-tab.tsx';
import { DefinitionTab } from './definition-tab.tsx';
import { IndexesTab } from './indexes-tab.tsx';
import { KeysTab } from './keys-tab.tsx';
import { ReferencesTab } from './references-tab.tsx';
import { SampleTab } from './sample-tab.tsx';

const text = copy.explorer.table;
const tabs = ['columns', 'keys', 'indexes', 'rows', 'definition', 'references'] as const;
type TabId = (typeof tabs)[number];

export type ShownTable = Awaited<ReturnType<CoreClient['schema.table']>>;

interface TableViewProps {
  schema: DatabaseSchema;
  source: Source;
  /** `namespace.table`. */
  table: string;
}

/** What was chosen last; another table opens with the same. */
let lastTab: TabId = 'columns';

export function TableView({ schema, source, table }: TableViewProps) {
  const name = nameOf(schema, table);
  const details = useTableDetails(source.id, name);
  const [tab, setTab] = useState<TabId>(lastTab);
  if (details.error) {
    return (
      <div className="p-6">
        <FailureNotice title={text.gone} error={details.error} onRetry={() => void details.refetch()} />
      </div>
    );
  }
  if (!details.data) {
    return (
      <div className="empty-state" role="status">
        <Spinner size={24} />
        {text.loading}
      </div>
    );
  }
  return (
    <section aria-label={text.label(table)} className="flex min-h-0 flex-1 flex-col bg-surface">
      <TableHead source={source} schema={schema} table={details.data} />
      <Tabs
        label={text.tabs.label}
        tabs={tabs.map((id) => ({ id, title: text.tabs[id] }))}
        chosen={tab}
        onChoose={(id) => {
          lastTab = id;
          setTab(id);
        }}
      >
        <TabContent tab={tab} source={source} table={details.data} />
      </Tabs>
    </section>
  );
}

/** Names may have dots in them: the schema knows which one is meant. */
function nameOf({ tables }: DatabaseSchema, key: string): TableName {
  const known = tables.find((table) => tableKey(table) === key);
  if (known) return { namespace: known.namespace, table: known.name };
  const [namespace = '', ...rest] = key.split('.');
  return { namespace, table: rest.join('.') };
}

interface TabContentProps {
  tab: TabId;
  source: Source;
  table: ShownTable;
}

function TabContent({ tab, source, table }: TabContentProps) {
  switch (tab) {
    case 'columns':
      return <ColumnsTab source={source} table={table} />;
    case 'keys':
      return <KeysTab source={source} table={table} />;
    case 'indexes':
      return <IndexesTab table={table} />;
    case 'rows':
      return <SampleTab source={source} table={table} />;
    case 'definition':
      return <DefinitionTab ddl={table.ddl} />;
    case 'references':
      return <ReferencesTab source={source} table={table} />;
  }
}

function TableHead({ source, schema, table }: { source: Source; schema: DatabaseSchema; table: ShownTable }) {
  const facts = [
    ...(table.rowEstimate === undefined ? [] : [text.rows(table.rowEstimate)]),
    ...(table.totalBytes > 0 ? [text.sizes(table.totalBytes, table.indexBytes)] : []),
    ...(table.partitionKey ? [text.partitioned(table.partitionKey, table.partitions.length)] : []),
    text.owner(table.owner),
  ];
  return (
    <div className="grid flex-none gap-1 px-6 pt-4 pb-2">
      <div className="flex flex-wrap items-center gap-2">
        <h2 className="text-xl [overflow-wrap:anywhere]">{table.name}</h2>
        <Mark>{table.namespace}</Mark>
        {table.kind !== 'table' && <Mark>{copy.explorer.tree.kinds[table.kind]}</Mark>}
        <span className="grow" />
        <TableActions source={source} schema={schema} table={table} />
      </div>
      <p className="text-s text-text-2">{facts.join(' · ')}</p>
      {table.comment && <p className="max-w-[90ch]">{table.comment}</p>}
    </div>
  );
}

function TableActions({
  source,
  schema,
  table,
}: {
  source: Source;
  schema: DatabaseSchema;
  table: ShownTable;
}) {
  const key = tableKey(table);
  const written = (schema.searchPath.includes(table.namespace) ? [table.name] : [table.namespace, table.name])
    .map(quoteIdentifier)
    .join('.');
  const columns = table.columns.map(({ name }) => quoteIdentifier(name)).join(', ');
  const diagram = (
    <a
      className="button secondary small text-text no-underline"
      href={hrefOfPlace({ sourceId: source.id, view: 'diagram', table: key })}
    >
      <Workflow aria-hidden />
      {text.showInDiagram}
    </a>
  );
  if (source.kind === 'spider') {
    return (
      <>
        <a
          className="button secondary small text-text no-underline"
          href={hrefOf('dataset', 'databases', source.id.slice('spider:'.length))}
        >
          {text.inDataset}
        </a>
        {diagram}
      </>
    );
  }
  return (
    <>
      <Button
        small
        icon={MessageSquareText}
        onClick={() => requestAsk({ connectionId: source.id, question: text.askQuestion(table.name) })}
      >
        {text.ask}
      </Button>
      <Button
        small
        icon={FileCode2}
        onClick={() =>
          requestAsk({ connectionId: source.id, sql: `SELECT ${columns}\nFROM ${written}\nLIMIT 100;` })
        }
      >
        {text.openSql}
      </Button>
      {diagram}
    </>
  );
}
