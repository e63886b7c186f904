import type { Index, TableDetails } from '../../contract/index.ts';
import { quoteIdentifier } from '../../sql/identifiers.ts';
import { quoteTable } from '../explorer/quote-names.ts';
import { quoted } from './key-rules.ts';
import type { Remark } from './rule.ts';

function dropIndex(table: TableDetails, index: Index): string {
  const concurrently = table.kind === 'partitioned-table' ? '' : ' CONCURRENTLY';
  return `DROP INDEX${concurrently} ${quoteTable({ namespace: table.namespace, table: index.name })};`;
}

/** The definition without the index's own name and uniqueness: what it costs and can be used for. */
function shapeOf({ definition }: Index): string {
  return definition.replace(/^CREATE (?:UNIQUE )?INDEX (?:"(?:[^"]|"")*"|\S+) ON /, '');
}

/** Of two indexes that are the same, the one that stands for a rule stays. */
function byImportance(one: Index, other: Index): number {
  const weight = (index: Index) =>
    Number(index.primary) * 4 + Number(index.constraint !== undefined) * 2 + Number(index.unique);
  return weight(other) - weight(one) || one.name.localeCompare(other.name);
}

export function findDuplicateIndexes(table: TableDetails): Remark[] {
  const groups = Map.groupBy(
    table.indexes.filter(({ valid }) => valid),
    shapeOf,
  );
  return [...groups.values()].flatMap((group) => {
    const [kept, ...others] = group.toSorted(byImportance);
    return others
      .filter((index) => index.constraint === undefined)
      .map((index): Remark => ({
        rule: 'duplicate-index',
        severity: 'warning',
        columns: [],
        title: `The index ${index.name} is the same as ${kept?.name}.`,
        explanation:
          'Each write keeps both up to date, and no query gains by the second. Check that nothing names it (a hint, a ' +
          'CLUSTER, REPLICA IDENTITY) before dropping it.',
        ddl: dropIndex(table, index),
      }));
  });
}

/** An index whose keys are the first keys of another serves only what the other serves too. */
export function findRedundantIndexes(table: TableDetails): Remark[] {
  const usable = table.indexes.filter(
    ({ valid, method, included }) => valid && method === 'btree' && included.length === 0,
  );
  return usable.flatMap((index): Remark[] => {
    if (index.unique || index.constraint !== undefined) return [];
    const wider = usable.find((other) => isPrefix(index, other));
    if (wider === undefined) return [];
    return [
      {
        rule: 'redundant-index',
        severity: 'info',
        columns: [],
        title: `The index ${index.name} (${index.keys.join(', ')}) is the beginning of ${wider.name} (${wider.keys.join(', ')}).`,
        explanation:
          'What uses the shorter one can use the longer one. It may still be worth its writes where the longer one is ' +
          'much larger and the shorter one is read very often.',
        ddl: dropIndex(table, index),
      },
    ];
  });
}

/** Orders and operator classes are in the keys' text after the column: compared by the definition's own list. */
function isPrefix(index: Index, other: Index): boolean {
  const [own, others] = [keyTexts(index), keyTexts(other)];
  return (
    own.length < others.length &&
    index.predicate === other.predicate &&
    own.every((key, place) => key === others[place])
  );
}

/** The keys with their orders, as the definition has them; an expression with a comma in it gives more parts, alike. */
function keyTexts({ definition }: Index): string[] {
  const [, list = ''] =
    / USING \w+ \((.*?)\)(?: WHERE | INCLUDE | NULLS NOT | WITH |$)/.exec(definition) ?? [];
  return list.split(', ');
}

export function findInvalidIndexes(table: TableDetails): Remark[] {
  return table.indexes
    .filter(({ valid }) => !valid)
    .map((index) => ({
      rule: 'invalid-index',
      severity: 'error',
      columns: [],
      title: `The index ${index.name} is invalid.`,
      explanation:
        'Building it failed, as a cancelled CREATE INDEX CONCURRENTLY does: writes keep it up to date, queries cannot ' +
        'use it, and if it was to be unique, duplicates may be stored.',
      ddl: `REINDEX INDEX CONCURRENTLY ${quoteTable({ namespace: table.namespace, table: index.name })};`,
    }));
}

export function findUnvalidated(table: TableDetails): Remark[] {
  return table.constraints
    .filter(({ validated }) => !validated)
    .map(({ name, columns, definition }) => ({
      rule: 'constraint-not-validated',
      severity: 'warning',
      columns,
      title: `The constraint ${name} was never checked against the rows from before it.`,
      explanation: `New rows keep it (${definition}); older ones may break it, and the planner cannot rely on it. Checking reads the table and fails at the first row that breaks it.`,
      ddl: `ALTER TABLE ${quoted(table)} VALIDATE CONSTRAINT ${quoteIdentifier(name)};`,
    }));
}
