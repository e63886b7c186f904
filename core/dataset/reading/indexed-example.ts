import type {
  DatasetPlace,
  DatasetSplit,
  ExampleRow,
  Hardness,
  Override,
  ProvenPair,
  SqlFeature,
} from '../../contract/index.ts';
import type { RecordPlace } from './read-records.ts';

/** One example as the index keeps it: what lists and filters need. Prompts and answers stay in their files. */
export interface IndexedExample {
  pair: ProvenPair;
  /** In pairs.jsonl, from 0: Spider's own order. */
  position: number;
  /** With the override applied. */
  question: string;
  sql: string;
  split: DatasetPlace;
  hardness: Hardness | undefined;
  features: SqlFeature[];
  tables: number;
  marks: ExampleRow['marks'];
  override: Override | undefined;
  stored: StoredExample | undefined;
  nearDuplicates: NearDuplicate[];
  /** All that text search looks at, normalized. */
  text: string;
}

/** What the split's file says of an example, and where its line is. */
export interface StoredExample {
  split: DatasetSplit;
  hardness: Hardness;
  place: RecordPlace;
  promptTokens: number;
  completionTokens: number;
  isLinkedDown: boolean;
  override: Override | undefined;
}

export interface NearDuplicate {
  id: string;
  similarity: number;
}

export function toExampleRow({ pair, ...indexed }: IndexedExample): ExampleRow {
  return {
    id: pair.id,
    source: pair.split,
    index: pair.index,
    dbId: pair.dbId,
    question: indexed.question,
    sql: indexed.sql,
    split: indexed.split,
    hardness: indexed.hardness,
    outcome: pair.outcome,
    equality: pair.equality,
    reasonClass: pair.reasonClass,
    informative: pair.informative,
    rows: pair.rows,
    features: indexed.features,
    tables: indexed.tables,
    marks: indexed.marks,
    promptTokens: indexed.stored?.promptTokens,
    completionTokens: indexed.stored?.completionTokens,
  };
}
