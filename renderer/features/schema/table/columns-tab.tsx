import { Fingerprint, KeyRound, Link2 } from 'lucide-react';
import type { ColumnDetails } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { formatCount } from '../../../lib/format-values.ts';
import { quoteIdentifier } from '../../../lib/quote-identifier.ts';
import { hrefOfPlace } from '../places.ts';
import { PlainTable, Row, TextCell } from '../plain-table.tsx';
import type { Source } from '../sources.ts';
import { TabScroll } from './tab-scroll.tsx';
import type { ShownTable } from './table-view.tsx';

const text = copy.explorer.table.column;

interface ColumnsTabProps {
  source: Source;
  table: ShownTable;
}

export function ColumnsTab({ source, table }: ColumnsTabProps) {
  return (
    <TabScroll label={copy.explorer.table.tabs.columns}>
      <PlainTable
        label={copy.explorer.table.tabs.columns}
        heads={[
          ...[{ title: text.name }, { title: text.type }, { title: text.nullable }, { title: text.default }],
          { title: text.distinct, end: true, title2: text.noStatistics },
          { title: text.nulls, end: true, title2: text.noStatistics },
          { title: text.comment },
        ]}
      >
        {table.columns.map((column) => (
          <ColumnRow key={column.name} source={source} table={table} column={column} />
        ))}
      </PlainTable>
    </TabScroll>
  );
}

function ColumnRow({ source, table, column }: ColumnsTabProps & { column: ColumnDetails }) {
  const { statistics, enumLabels } = column;
  return (
    <Row>
      <TextCell head>
        <span className="inline-flex items-center gap-1.5">
          {column.name}
          <KeyMarks source={source} table={table} column={column} />
        </span>
      </TextCell>
      <TextCell mono>
        {column.type}
        {column.collation && <span className="text-text-2"> {column.collation}</span>}
      </TextCell>
      <TextCell>{column.nullable ? '' : text.notNull}</TextCell>
      <TextCell mono>{defaultOf(column)}</TextCell>
      <TextCell end>
        {statistics?.distinct === undefined ? '' : formatCount(Math.round(statistics.distinct))}
      </TextCell>
      <TextCell end>
        {statistics === undefined ? '' : `${Math.round(statistics.nullFraction * 100)} %`}
      </TextCell>
      <TextCell>
        {[column.comment, enumLabels && text.labels(enumLabels)].filter(Boolean).join(' · ')}
      </TextCell>
    </Row>
  );
}

function defaultOf({ default: value, generated, identity }: ColumnDetails): string {
  if (generated !== undefined) return text.generated(generated);
  return identity === undefined ? (value ?? '') : text.identity[identity];
}

function KeyMarks({ source, table, column: { name } }: ColumnsTabProps & { column: ColumnDetails }) {
  const foreign = table.constraints.find(
    ({ kind, columns, target }) => kind === 'foreign-key' && target && columns.includes(name),
  )?.target;
  const isUnique = table.indexes.some(
    ({ unique, primary, keys }) =>
      unique && !primary && keys.length === 1 && keys[0] === quoteIdentifier(name),
  );
  return (
    <>
      {table.primaryKey.includes(name) && (
        <KeyRound role="img" aria-label={text.primary} size={14} className="text-warning" />
      )}
      {isUnique && <Fingerprint role="img" aria-label={text.unique} size={14} className="text-text-2" />}
      {foreign && (
        <a
          href={hrefOfPlace({
            sourceId: source.id,
            view: 'table',
            table: `${foreign.namespace}.${foreign.table}`,
          })}
          title={text.foreign(foreign.table)}
          className="inline-flex"
        >
          <Link2 role="img" aria-label={text.foreign(foreign.table)} size={14} />
        </a>
      )}
    </>
  );
}
