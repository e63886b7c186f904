import type { Column, DatabaseSchema, Table } from '../contract/index.ts';
import { findHints, type ValueHint, type ValueSample } from '../schema/find-hints.ts';
import { splitQuestion } from '../schema/question-words.ts';
import { quoteIdentifier } from '../sql/identifiers.ts';
import { viewSchema } from '../sql/sketch/index.ts';

/** Reads rows with a statement of ours, read-only. */
export type ReadRows = (
  sql: string,
  params: unknown[],
  options: { signal: AbortSignal },
) => Promise<Record<string, unknown>[]>;

/** Rows looked at and different values kept for each text column, and the longest value kept, in characters. */
const scannedRows = 10_000;
const keptValues = 1_000;
const maxValueLength = 80;
const maxColumns = 200;
const textType = /^(text|character|varchar|citext|bpchar|name)\b/;

/**
 * Samples of what the text columns hold, so that `New York` in a question is found as a value; labels of enums
 * included. The first rows of a table stand for it, and a table that cannot be read gives none.
 */
export async function readValueSamples(
  read: ReadRows,
  schema: DatabaseSchema,
  signal: AbortSignal,
): Promise<ValueSample[]> {
  const samples: ValueSample[] = [];
  for (const table of schema.tables) {
    if (samples.length >= maxColumns) break;
    samples.push(...enumSamples(table), ...(await sampleTable(read, table, signal)));
  }
  return samples;
}

function enumSamples(table: Table): ValueSample[] {
  return table.columns.flatMap(({ name, enumLabels }) =>
    enumLabels ? [{ namespace: table.namespace, table: table.name, column: name, values: enumLabels }] : [],
  );
}

async function sampleTable(read: ReadRows, table: Table, signal: AbortSignal): Promise<ValueSample[]> {
  const columns = table.columns.filter(({ type, enumLabels }) => !enumLabels && textType.test(type));
  if (columns.length === 0) return [];
  const rows = await read(sampleSql(table, columns), [], { signal }).catch(() => {
    signal.throwIfAborted();
    return [];
  });
  return columns.map(({ name }, index) => ({
    namespace: table.namespace,
    table: table.name,
    column: name,
    values: rows.flatMap(({ i, v }) => (i === index && typeof v === 'string' ? [v] : [])),
  }));
}

/** One scan for all columns of a table; sorted, so that the same rows give the same sample. */
function sampleSql(table: Table, columns: readonly Column[]): string {
  const names = columns.map(({ name }) => quoteIdentifier(name));
  const source = `${quoteIdentifier(table.namespace)}.${quoteIdentifier(table.name)}`;
  const values = names
    .map((name, index) => `(${index}, left(${name}::text, ${maxValueLength + 1}))`)
    .join(', ');
  return `SELECT i, v FROM (
    SELECT i, v, row_number() OVER (PARTITION BY i ORDER BY v COLLATE "C") AS n FROM (
      SELECT DISTINCT s.i, s.v FROM (SELECT ${names.join(', ')} FROM ${source} LIMIT ${scannedRows}) AS t
      CROSS JOIN LATERAL (VALUES ${values}) AS s (i, v)
      WHERE s.v <> '' AND length(s.v) <= ${maxValueLength}
    ) AS d
  ) AS r WHERE n <= ${keptValues}`;
}

/** The stored values that a question names. */
export function findValueHints(
  schema: DatabaseSchema,
  samples: readonly ValueSample[],
  question: string,
): ValueHint[] {
  return findHints(viewSchema(schema), splitQuestion(question), samples);
}
