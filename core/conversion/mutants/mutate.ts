import { loadModule, parseSync } from 'libpg-query';
import { AppError } from '../../contract/errors.ts';
import { printSelect } from '../rewrite-print.ts';
import { editComparisons } from './edit-comparisons.ts';
import { editConditions } from './edit-conditions.ts';
import { editJoins } from './edit-joins.ts';
import { editLiterals } from './edit-literals.ts';
import { editAggregates, editDistinct, editLimit, editOrder, editSetOperation } from './edit-shape.ts';
import { listSelects } from './walk-tree.ts';
import type { SelectStmt } from 'libpg-query';
import type { Edit, FindEdits, Mutant } from './mutant.ts';

/** Loads the parser; once, before the first `mutateQuery`. */
export const loadMutator = loadModule;

const finders: FindEdits[] = [
  editDistinct,
  editComparisons,
  editJoins,
  editAggregates,
  editLiterals,
  editConditions,
  editSetOperation,
  editOrder,
  editLimit,
];

/**
 * Every query that differs from this PostgreSQL query by one small mistake, in its subqueries too: each reads as
 * PostgreSQL, differs from the original's text and comes once.
 * @throws AppError SQL_SYNTAX where the text is no SELECT of PostgreSQL's grammar.
 */
export function mutateQuery(sql: string): Mutant[] {
  const select = parseSelect(sql);
  const seen = new Set([sql, printSelect(select)]);
  const mutants: Mutant[] = [];
  for (const edit of findEdits(select)) {
    const undo = edit.apply();
    const mutated = printSelect(select);
    undo();
    if (seen.has(mutated)) continue;
    seen.add(mutated);
    parseSelect(mutated);
    mutants.push({ kind: edit.kind, sql: mutated, what: edit.what });
  }
  return mutants;
}

function findEdits(select: SelectStmt): Edit[] {
  const selects = listSelects(select);
  return finders.flatMap((find) => selects.flatMap((each) => find(each)));
}

/** The one SELECT of a text. */
export function parseSelect(sql: string): SelectStmt {
  try {
    const statement = parseSync(sql).stmts?.[0]?.stmt;
    if (statement !== undefined && 'SelectStmt' in statement) return statement.SelectStmt;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new AppError('SQL_SYNTAX', message, { details: { sql }, cause: error });
  }
  throw new AppError('SQL_SYNTAX', 'The text is not a SELECT.', { details: { sql } });
}
