import type { LintFinding, TableDetails } from '../../contract/index.ts';

/** A column that a sequence fills. */
export interface SequenceUse {
  namespace: string;
  table: string;
  column: string;
  /** Of the column: `integer`, `bigint`, … */
  type: string;
  sequence: string;
  sequenceNamespace: string;
  lastValue: bigint;
  /** The smaller of the sequence's and the column type's. */
  maximum: bigint;
  cycles: boolean;
}

export interface LintInput {
  tables: readonly TableDetails[];
  sequences: readonly SequenceUse[];
  /** Of the server, such as 18. NULLS NOT DISTINCT came with 15. */
  majorVersion: number;
}

/** What a rule says of a table; the table's names are added by who calls it. */
export type Remark = Omit<LintFinding, 'namespace' | 'table'>;

/** One rule over one table. The input has the others. */
export type Rule = (table: TableDetails, input: LintInput) => Remark[];

/** Whether rows live here: views have no keys, and foreign tables' keys are their own server's. */
export function holdsRows({ kind }: TableDetails): boolean {
  return kind === 'table' || kind === 'partitioned-table';
}
