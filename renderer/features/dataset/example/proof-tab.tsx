import type { ReactNode } from 'react';
import type { ExampleDetail, GeneratedRows } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { formatCount } from '../../../lib/format-values.ts';
import { labelOf } from '../examples/search-address.ts';
import { OutcomeMark } from '../outcome-mark.tsx';
import { AnswerTable } from './answer-table.tsx';

const text = copy.dataset.proof;
const { values } = copy.dataset;

/** How the pair was proven, or why it was not, with the rows made for it. */
export function ProofTab({ example }: { example: ExampleDetail }) {
  return (
    <div className="grid gap-6">
      <dl className="facts text-s">
        {listFacts(example).map(({ name, value }) => (
          <Fact key={name} name={name} value={value} />
        ))}
      </dl>
      <section className="grid gap-3" aria-label={text.generatedTitle}>
        <div>
          <h3 className="m-0 text-m font-semibold">{text.generatedTitle}</h3>
          <p className="text-s text-text-2">{text.generatedHint}</p>
        </div>
        <Generated sets={example.evidence?.generated ?? []} />
      </section>
    </div>
  );
}

interface NamedFact {
  name: string;
  value: ReactNode;
}

function Fact({ name, value }: NamedFact) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="min-w-0 break-words">{value}</dd>
    </>
  );
}

/** Only what is known: a pair that was not rewritten has no rows and no equality. */
function listFacts(example: ExampleDetail): NamedFact[] {
  const { outcome, reasonClass, reason, equality, equalityOnShippedRows, rows, informative, errors } =
    example;
  const facts: [string, ReactNode][] = [
    [text.outcome, <OutcomeMark key="outcome" outcome={outcome} />],
    [text.reasonClass, reasonClass && labelOf('reasonClass', reasonClass, values)],
    [text.reason, reason],
    [text.sqliteError, errors?.sqlite],
    [text.postgresError, errors?.postgres],
    [text.equality, equality && describeEquality(equality)],
    [text.onShipped, equalityOnShippedRows && describeEquality(equalityOnShippedRows)],
    [text.rows, rows === undefined ? undefined : formatCount(rows)],
    [text.informative, text.informativeOn(informative.shipped, informative.generated)],
    ...describeSets(example),
    [text.otherTypes, example.otherTypes && text.otherTypesText],
    [text.textsAsNull, example.textsAsNull && text.textsAsNullText],
  ];
  return facts
    .filter(([, value]) => value !== undefined && value !== false && value !== '')
    .map(([name, value]) => ({ name, value }));
}

function describeEquality(equality: NonNullable<ExampleDetail['equality']>): ReactNode {
  return (
    <>
      <strong>{labelOf('equality', equality, values)}</strong>. {text.equalities[equality]}
    </>
  );
}

function describeSets({ generated }: ExampleDetail): [string, ReactNode][] {
  if (generated === undefined) return [];
  const unused = Object.entries(generated.unused ?? {}).map(
    ([reason, count]) =>
      `${formatCount(count)}: ${text.unusedReasons[reason as keyof typeof text.unusedReasons]}`,
  );
  return [
    [text.sets, text.setsOf(generated.agreeing, generated.sets)],
    [text.unused, unused.join('; ')],
  ];
}

function Generated({ sets }: { sets: readonly GeneratedRows[] }) {
  if (sets.length === 0) return <p className="muted text-s">{text.noGenerated}</p>;
  return sets.map((set, at) => (
    <details key={at} className="rounded-m border border-border" open={at === 0}>
      <summary className="cursor-pointer px-3 py-2 text-s font-semibold">
        {set.kind}
        {text.kinds[set.kind] !== undefined && (
          <span className="font-normal text-text-2"> · {text.kinds[set.kind]}</span>
        )}
      </summary>
      <div className="grid gap-3 border-t border-border p-3">
        {set.tables.map(({ table, columns, rows }) => (
          <div key={table} className="min-w-0 overflow-hidden rounded-m border border-border">
            <h4 className="m-0 border-b border-border px-3 py-1 font-mono text-s font-semibold">{table}</h4>
            <AnswerTable
              label={`${set.kind}: ${table}`}
              answer={{ columns, rows, rowCount: rows.length }}
              marks={[]}
            />
          </div>
        ))}
      </div>
    </details>
  ));
}
