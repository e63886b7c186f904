import { ListTree } from 'lucide-react';
import { EmptyState } from '../../../components/empty-state.tsx';
import { copy } from '../../../copy.ts';
import { formatBytes } from '../../../lib/format-values.ts';
import { Mark, PlainTable, Row, TextCell } from '../plain-table.tsx';
import { TabScroll } from './tab-scroll.tsx';
import type { ShownTable } from './table-view.tsx';

const text = copy.explorer.table.indexes;

export function IndexesTab({ table }: { table: ShownTable }) {
  if (table.indexes.length === 0) {
    const hint = table.kind === 'view' ? text.viewHint : text.noneHint;
    return <EmptyState icon={ListTree} title={text.none} hint={hint} />;
  }
  return (
    <TabScroll label={copy.explorer.table.tabs.indexes}>
      <PlainTable
        label={copy.explorer.table.tabs.indexes}
        heads={[
          ...[{ title: text.name }, { title: text.keys }, { title: text.method }],
          ...[{ title: text.size, end: true }, { title: text.marks }],
        ]}
      >
        {table.indexes.map((index) => (
          <Row key={index.name}>
            <TextCell head>
              <span title={index.definition}>{index.name}</span>
              {index.comment && <p className="font-normal text-text-2">{index.comment}</p>}
            </TextCell>
            <TextCell mono>{index.keys.join(', ')}</TextCell>
            <TextCell>{index.method}</TextCell>
            <TextCell end>{formatBytes(index.sizeBytes)}</TextCell>
            <TextCell>
              {!index.valid && <Mark tone="danger">{text.invalid}</Mark>}
              {index.primary && <Mark>{text.primary}</Mark>}
              {index.unique && !index.primary && <Mark>{text.unique}</Mark>}
              {index.nullsNotDistinct && <Mark>{text.nullsNotDistinct}</Mark>}
              {index.included.length > 0 && <Mark>{text.included(index.included.join(', '))}</Mark>}
              {index.predicate && <code>{text.partial(index.predicate)}</code>}
            </TextCell>
          </Row>
        ))}
      </PlainTable>
    </TabScroll>
  );
}
