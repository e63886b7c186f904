/** How much each sign counts; only their ratios matter. Chosen on Spider's train databases, see docs/linking.md. */
export interface LinkWeights {
  /** Words of a table's name, and of its columns' names. */
  tableName: number;
  columnName: number;
  /** A column that refers to another table, beside one that does not. */
  reference: number;
  /** A prefix of many tables' names, beside another word, in how much of a name is asked. */
  prefix: number;
  /** A word of a comment, beside one of a name. */
  comment: number;
  /** A table's other forms (`orders_hist`), beside itself, where the question does not ask for them. */
  copy: number;
  /** What a name is worth of which next to nothing is asked, beside one that is asked whole. */
  partOfName: number;
  /** What a word is worth to the next table once one explains it: see order-by-coverage.ts. */
  coverage: number;
  /** A stored value that only one column holds. */
  value: number;
  /** Share of a score that spreads along a foreign key, and against it. */
  spread: number;
  spreadBack: number;
  /** Share of the lower of two scores that a table between them gets. */
  bridge: number;
  /** Power of the number of tables that a score is divided among. */
  hubDamping: number;
  /** What a column gets of its table's score, and loses as a foreign key. */
  tableOfColumn: number;
  keyPenalty: number;
}

export const defaultWeights: LinkWeights = {
  tableName: 1,
  columnName: 0.6,
  reference: 0.64,
  prefix: 0.2,
  comment: 0.8,
  copy: 0.3,
  partOfName: 0.12,
  coverage: 0.9,
  value: 0.8,
  spread: 0.5,
  spreadBack: 0.4,
  bridge: 0.3,
  hubDamping: 0.5,
  tableOfColumn: 0.5,
  keyPenalty: 0.24,
};
