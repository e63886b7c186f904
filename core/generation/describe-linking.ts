import type { DatabaseSchema, LinkedTable, LinkedValue, Table } from '../contract/index.ts';
import { splitQuestion, type ValueHint } from '../schema/index.ts';
import { rankOnce } from '../schema/linking/index.ts';
import { viewSchema } from '../sql/sketch/index.ts';

/** Tables that are told although the prompt does not hold them: the next ones by rank. */
const mostOthers = 30;

/** How the question's words rank the schema, and what of it the prompt holds. The ranking is that of the prompt's tables, where these were chosen. */
export function describeLinking(
  schema: DatabaseSchema,
  question: string,
  hints: readonly ValueHint[],
  inPrompt: readonly Table[],
): { tables: LinkedTable[]; values: LinkedValue[] } {
  const view = viewSchema(schema);
  const ranking = rankOnce(view, splitQuestion(question), hints);
  const held = new Set(inPrompt);
  const columnsOf = Map.groupBy(ranking.columns, ({ table }) => table);
  const described = ranking.tables.map(({ table, score }): LinkedTable => {
    const { namespace, name } = table.table;
    const isInPrompt = held.has(table.table);
    const columns = isInPrompt ? (columnsOf.get(table) ?? []) : [];
    return {
      ...{ namespace, name, score, isInPrompt },
      columns: columns.map(({ column, score: own }) => ({ name: column.column.name, score: own })),
    };
  });
  const others = described.filter(({ isInPrompt }) => !isInPrompt).slice(0, mostOthers);
  return {
    tables: described.filter((table) => table.isInPrompt || others.includes(table)),
    values: hints.map(({ table, column, value, isExact = true }) => {
      const owner = view.tableByWord.get(table);
      const name = owner?.columnByWord.get(column)?.column.name ?? column;
      return { table: owner?.table.name ?? table, column: name, value, isExact };
    }),
  };
}
