import { toNormalForm } from './normal-form.ts';
import { parseSelect } from './mutate.ts';
import { listSelects } from './walk-tree.ts';
import type { RowLoader } from '../../postgres/load-rows.ts';
import type { LoadedTable } from '../load.ts';
import type { FilledDatabase } from '../filling/index.ts';
import type { MutantFate } from './mutant-fate.ts';

interface JudgedDatabase {
  filled: Pick<FilledDatabase, 'withRows'>;
  tables: LoadedTable[];
}

/**
 * Marks the mutants that are proven to mean what the original means: their normal forms under the declared keys are
 * the same text (`rules`), or PostgreSQL plans the same execution for both (`plan`), on empty tables with the
 * declared keys and without statistics, so that the plan depends on nothing but the schema.
 */
export async function judgeEquivalence(
  { filled, tables }: JudgedDatabase,
  sql: string,
  fates: MutantFate[],
): Promise<void> {
  const original = toNormalForm(sql, tables);
  const open: { fate: MutantFate; form: string }[] = [];
  for (const fate of fates) {
    // What PostgreSQL refuses is no equivalent, whatever it would mean.
    if (fate.shipped === 'error') continue;
    const form = toNormalForm(fate.mutant.sql, tables);
    if (form === original) fate.proof = 'rules';
    else open.push({ fate, form });
  }
  if (open.length === 0) return;
  await filled.withRows({ kind: 'none', tables: [] }, async ({ loader }) => {
    const plan = await readPlan(loader, original);
    if (plan === undefined) return;
    for (const { fate, form } of open) if ((await readPlan(loader, form)) === plan) fate.proof = 'plan';
  });
}

/** The plan as text; undefined where PostgreSQL refuses the query. A plan does not say how many rows a LIMIT lets by. */
async function readPlan(loader: RowLoader, sql: string): Promise<string | undefined> {
  try {
    const { rows } = await loader.read(`EXPLAIN (VERBOSE, COSTS OFF) ${sql}`);
    return JSON.stringify([rows, listLimits(sql)]);
  } catch {
    return undefined;
  }
}

function listLimits(sql: string): unknown[] {
  return listSelects(parseSelect(sql)).map(({ limitCount, limitOffset }) => {
    const isConstant = [limitCount, limitOffset].every((node) => node === undefined || 'A_Const' in node);
    return isConstant
      ? [limitCount, limitOffset].map((node) => node && 'A_Const' in node && node.A_Const.ival)
      : sql;
  });
}
