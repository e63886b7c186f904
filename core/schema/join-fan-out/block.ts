import type { SelectStmt } from 'libpg-query';
import type { DatabaseSchema, QueryJoin, TableName } from '../../contract/index.ts';

/** A column as a relation of FROM shows it, and where its values come from where that is plain. */
export interface RelationColumn {
  name: string;
  origin?: { table: TableName; column: string } | undefined;
}

/** What stands in FROM under one name: a table, a sub-query, a WITH. */
export interface Relation {
  name: string;
  /** Undefined where the columns cannot be known, as of a function. */
  columns: RelationColumn[] | undefined;
  /** Columns that have each combination of values at most once. The empty key: there is at most one row. */
  uniqueKeys: string[][];
  /** Why nothing is known of its keys; undefined where the keys above are all there are. */
  unknown?: string | undefined;
}

/** A column of a relation, by the relation's place in the block. */
export interface ColumnAt {
  relation: number;
  column: string;
}

export interface Equality {
  left: ColumnAt;
  right: ColumnAt;
  kind: QueryJoin['kind'];
}

/** One SELECT: what it reads and how its rows are matched. */
export interface Block {
  part: string;
  select: SelectStmt;
  relations: Relation[];
  equalities: Equality[];
  /** Columns that have one value in all rows: compared with a constant, or with a value of the statement around. */
  constants: ColumnAt[];
  /** Blocks around it, the nearest first: what is not found here may be theirs. */
  outer: readonly Block[];
}

export interface Analysis {
  sql: string;
  schema: DatabaseSchema;
  uniqueKeysOf(table: TableName): string[][];
  blocks: Block[];
  /** Why something could not be judged. */
  notAnalysed: Set<string>;
}

export const keyOf = ({ relation, column }: ColumnAt): string => `${relation}.${column}`;
