import type { LintFinding, LintSeverity } from '../../contract/index.ts';
import { sequencesSql } from '../explorer/details-query.ts';
import { readDetails } from '../explorer/read-details.ts';
import type { ReadRows } from '../introspect.ts';
import {
  findDuplicateIndexes,
  findInvalidIndexes,
  findRedundantIndexes,
  findUnvalidated,
} from './index-rules.ts';
import {
  findMismatchedTypes,
  findMissingPrimaryKey,
  findNullableUnique,
  findUnindexedForeignKeys,
  findWideTextKeys,
} from './key-rules.ts';
import { findAwkwardNames, findEndingSequences, findMissingComment } from './name-rules.ts';
import type { LintInput, Rule, SequenceUse } from './rule.ts';

const rules: readonly Rule[] = [
  ...[findInvalidIndexes, findMismatchedTypes, findEndingSequences, findMissingPrimaryKey],
  ...[findUnindexedForeignKeys, findDuplicateIndexes, findUnvalidated, findNullableUnique],
  ...[findRedundantIndexes, findAwkwardNames, findWideTextKeys, findMissingComment],
];
const order: readonly LintSeverity[] = ['error', 'warning', 'info'];

/** What a careful reader of the catalogue would remark, the gravest first, then by table. Nothing is changed. */
export async function lintDatabase(read: ReadRows): Promise<LintFinding[]> {
  const [tables, sequences, [version]] = [
    await readDetails(read),
    await readSequences(read),
    await read(`SELECT current_setting('server_version_num')::int / 10000 AS major`),
  ];
  return lintTables({ tables, sequences, majorVersion: Number(version?.['major']) });
}

export function lintTables(input: LintInput): LintFinding[] {
  return input.tables
    .flatMap((table) =>
      rules.flatMap((rule) =>
        rule(table, input).map((remark) => ({ ...remark, namespace: table.namespace, table: table.name })),
      ),
    )
    .toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
}

async function readSequences(read: ReadRows): Promise<SequenceUse[]> {
  return (await read(sequencesSql)).map((row) => ({
    namespace: String(row['namespace']),
    table: String(row['table']),
    column: String(row['column']),
    type: String(row['type']),
    sequence: String(row['sequence']),
    sequenceNamespace: String(row['sequence_namespace']),
    lastValue: BigInt(String(row['last_value'])),
    maximum: BigInt(String(row['maximum'])),
    cycles: row['cycle'] === true,
  }));
}
