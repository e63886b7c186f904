import { printSelect } from '../rewrite-print.ts';
import { parseSelect } from './mutate.ts';
import { noteLostOutputs, type LostOutputs } from './lost-outputs.ts';
import { readFacts } from './select-facts.ts';
import { simplifyConditions } from './simplify-conditions.ts';
import { simplifyJoins } from './simplify-joins.ts';
import { simplifyOuterJoins } from './simplify-outer-joins.ts';
import { simplifyShape } from './simplify-shape.ts';
import { simplifySubqueries } from './simplify-subqueries.ts';
import { listSelects } from './walk-tree.ts';
import type { LoadedTable } from '../load.ts';

/**
 * A query that gives the same rows on every content that the declared keys and NOT NULLs allow. Two queries with the
 * same normal form are equivalent; the reverse does not hold.
 */
export function toNormalForm(sql: string, tables: LoadedTable[]): string {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const select = parseSelect(sql);
  // What one rule removes may be what kept another from applying.
  for (let before = '', after = sql; before !== after;) {
    before = after;
    const lost: LostOutputs = new Map();
    for (const each of listSelects(select)) {
      noteLostOutputs(each, byName, lost);
      simplifyOuterJoins(each, byName, lost.get(each) ?? new Set());
      simplifySubqueries(each);
      simplifyJoins(each, byName);
      const facts = readFacts(each, byName);
      simplifyShape(each, facts);
      simplifyConditions(each, facts);
    }
    after = printSelect(select);
  }
  return printSelect(select);
}
