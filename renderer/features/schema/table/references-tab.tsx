import { ArrowRight } from 'lucide-react';
import { copy } from '../../../copy.ts';
import { hrefOfPlace } from '../places.ts';
import type { Source } from '../sources.ts';
import { TabScroll } from './tab-scroll.tsx';
import type { ShownTable } from './table-view.tsx';

const text = copy.explorer.table.references;

interface Line {
  key: string;
  columns: string[];
  /** `namespace.table`. */
  other: string;
  otherName: string;
  otherColumns: string[];
}

/** Foreign keys from the table and to it; each leads to the other table. */
export function ReferencesTab({ source, table }: { source: Source; table: ShownTable }) {
  const out = table.constraints.flatMap(({ name, columns, target }): Line[] =>
    target
      ? [
          {
            ...{ key: name, columns, other: `${target.namespace}.${target.table}` },
            ...{ otherName: target.table, otherColumns: target.columns },
          },
        ]
      : [],
  );
  const into = table.referencedBy.map((reference): Line => ({
    ...{ key: `${reference.namespace}.${reference.table}.${reference.constraint}` },
    ...{ columns: reference.targetColumns, other: `${reference.namespace}.${reference.table}` },
    ...{ otherName: reference.table, otherColumns: reference.columns },
  }));
  return (
    <TabScroll label={copy.explorer.table.tabs.references}>
      <div className="grid gap-6 p-3 lg:grid-cols-2">
        <ReferenceList title={text.out} none={text.noneOut} source={source} lines={out} />
        <ReferenceList title={text.in} none={text.noneIn} source={source} lines={into} />
      </div>
    </TabScroll>
  );
}

interface ReferenceListProps {
  title: string;
  none: string;
  source: Source;
  lines: Line[];
}

function ReferenceList({ title, none, source, lines }: ReferenceListProps) {
  return (
    <section aria-label={title}>
      <h3 className="pb-2 text-m font-[650]">{title}</h3>
      {lines.length === 0 && <p className="text-text-2">{none}</p>}
      <ul className="grid gap-2">
        {lines.map(({ key, columns, other, otherName, otherColumns }) => (
          <li key={key} className="card flex flex-wrap items-center gap-2 px-3 py-2">
            <code>{columns.join(', ')}</code>
            <ArrowRight aria-hidden size={14} className="text-text-2" />
            <a
              className="font-[600]"
              href={hrefOfPlace({ sourceId: source.id, view: 'table', table: other })}
            >
              {otherName}
            </a>
            <code className="text-text-2">({otherColumns.join(', ')})</code>
          </li>
        ))}
      </ul>
    </section>
  );
}
