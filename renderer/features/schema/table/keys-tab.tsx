import { KeyRound } from 'lucide-react';
import { EmptyState } from '../../../components/empty-state.tsx';
import { copy } from '../../../copy.ts';
import { hrefOfPlace } from '../places.ts';
import { Mark, PlainTable, Row, TextCell } from '../plain-table.tsx';
import type { Source } from '../sources.ts';
import { TabScroll } from './tab-scroll.tsx';
import type { ShownTable } from './table-view.tsx';

const text = copy.explorer.table.constraints;
const order = ['primary-key', 'unique', 'foreign-key', 'check', 'exclusion'];

export function KeysTab({ source, table }: { source: Source; table: ShownTable }) {
  const constraints = table.constraints.toSorted(
    (one, other) => order.indexOf(one.kind) - order.indexOf(other.kind),
  );
  if (constraints.length === 0 && table.triggers.length === 0) {
    return <EmptyState icon={KeyRound} title={text.none} hint={text.noneHint} />;
  }
  return (
    <TabScroll label={copy.explorer.table.tabs.keys}>
      {constraints.length > 0 && (
        <PlainTable
          label={copy.explorer.table.tabs.keys}
          heads={[{ title: text.name }, { title: text.kind }, { title: text.definition }]}
        >
          {constraints.map(({ name, kind, definition, validated, deferrable, target, comment }) => (
            <Row key={name}>
              <TextCell head>{name}</TextCell>
              <TextCell>
                {text.kinds[kind]} {!validated && <Mark tone="warning">{text.notValidated}</Mark>}
                {deferrable && <Mark>{text.deferrable}</Mark>}
              </TextCell>
              <TextCell mono>
                {definition}
                {target && (
                  <>
                    {' '}
                    <a
                      className="font-sans"
                      href={hrefOfPlace({
                        ...{ sourceId: source.id, view: 'table' },
                        table: `${target.namespace}.${target.table}`,
                      })}
                    >
                      {copy.explorer.table.references.open(target.table)}
                    </a>
                  </>
                )}
                {comment && <p className="text-text-2">{comment}</p>}
              </TextCell>
            </Row>
          ))}
        </PlainTable>
      )}
      {table.triggers.length > 0 && (
        <>
          <h3 className="px-3 pt-6 pb-1 text-s font-[650]">{text.triggers}</h3>
          <PlainTable label={text.triggers} heads={[{ title: text.name }, { title: text.definition }]}>
            {table.triggers.map(({ name, enabled, definition }) => (
              <Row key={name}>
                <TextCell head>
                  {name} {!enabled && <Mark tone="warning">{text.disabled}</Mark>}
                </TextCell>
                <TextCell mono>{definition}</TextCell>
              </Row>
            ))}
          </PlainTable>
        </>
      )}
    </TabScroll>
  );
}
