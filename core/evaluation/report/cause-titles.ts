import type { FailureCause } from '../../contract/index.ts';

export const causeTitles: Record<FailureCause, string> = {
  abstained: 'no statement was offered',
  refused: 'refused by the guard',
  timeout: 'took too long',
  syntax: 'does not parse, or PostgreSQL refuses it',
  'wrong-table': 'another table, or one too many',
  'missing-join': 'a table is missing',
  'wrong-join': 'the right tables, joined otherwise',
  'wrong-column': 'another column, one too many or too few',
  'wrong-aggregate': 'another aggregate, or none',
  'wrong-nesting': 'other sub-queries or set operations',
  'wrong-condition': 'another operator, AND for OR, a condition more or less',
  'wrong-value': 'another literal',
  'wrong-grouping': 'other groups',
  'wrong-order': 'another order, direction or LIMIT',
  'wrong-distinct': 'DISTINCT dropped or added',
  other: 'the components are right, what is made of them is not',
};
