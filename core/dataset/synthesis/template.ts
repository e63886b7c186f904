import type { JoinEdge } from '../../sql/sketch/schema-view.ts';
import type { Sketch } from '../../sql/sketch/sketch.ts';
import type { ColumnRole } from './column-class.ts';

/** How a slot's last word stood in the question. */
export type NumberForm = 'singular' | 'plural' | 'same';

export type Part =
  | string
  | { slot: 'table'; table: string; form: NumberForm; ending: string }
  | { slot: 'column'; column: string; form: NumberForm; ending: string }
  | { slot: 'literal'; literal: number; asWord: boolean };

/** How a question speaks of a column, which decides what columns may take its place. */
export type Mention = 'named' | 'adjective' | 'value' | 'implied';

export interface ColumnSlot {
  /** `table.column` in the source sketch's words, and each alone. */
  id: string;
  table: string;
  column: string;
  role: ColumnRole;
  mention: Mention;
  /** Some word outside of the slots fits this class of column only. */
  isBound: boolean;
  /** Of how many text values the question speaks. */
  textValues: number;
  /** Compared with a year that the question states. */
  isYearStated: boolean;
  isAggregated: boolean;
  isCounted: boolean;
}

export interface LiteralSlot {
  kind: 'text' | 'number' | 'date' | 'part-of-text' | 'fixed';
  /** The id of the column that it is compared with. */
  column?: string;
  value: string;
  /** A number without a unit of its own: limits and counts. */
  isCount: boolean;
  isYear: boolean;
  isLimit: boolean;
}

export interface TableSlot {
  word: string;
  isNamed: boolean;
  /** The question asks `who`. */
  isPerson: boolean;
}

/** A human question on one schema with typed holes, and its sketch in that schema's words. */
export interface Template {
  source: string;
  parts: Part[];
  sketch: Sketch;
  tables: TableSlot[];
  columns: ColumnSlot[];
  literals: LiteralSlot[];
  /** Keys that have to exist between the tables. */
  edges: JoinEdge[];
}
