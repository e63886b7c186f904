import type { Node, SelectStmt } from 'libpg-query';
import type { DatabaseSchema, JoinPath, TableName } from '../../contract/index.ts';
import { parseStatements } from '../../sql/index.ts';
import type { Analysis, Block, Relation } from './block.ts';
import { deriveRelation } from './derive-relation.ts';
import { judgeBlock } from './judge-block.ts';
import { listJoins } from './list-joins.ts';
import { textOf, walkExpression } from './nodes.ts';
import { readFrom, unknownRelation, type Named } from './read-from.ts';

export interface AnalyseOptions {
  schema: DatabaseSchema;
  /** Every table's unique keys; a table that is not here has none but its primary key. */
  uniqueKeys: readonly (TableName & { uniqueKeys: string[][] })[];
}

/**
 * How a statement joins its tables, and which of its aggregates count rows several times because of it. Nothing is run:
 * it follows from the parse tree and from what is unique. What cannot be judged is said in `notAnalysed`.
 * @throws AppError SQL_SYNTAX
 */
export async function analyseJoins(sql: string, { schema, uniqueKeys }: AnalyseOptions): Promise<JoinPath> {
  const keyOf = ({ namespace, table }: TableName) => `${namespace}\0${table}`;
  const keys = new Map(uniqueKeys.map((table) => [keyOf(table), table.uniqueKeys]));
  const analysis: Analysis = {
    sql,
    schema,
    uniqueKeysOf: (table) => keys.get(keyOf(table)) ?? [],
    blocks: [],
    notAnalysed: new Set(),
  };
  const [statement, ...others] = await parseStatements(sql);
  if (others.length > 0) analysis.notAnalysed.add('Only the first statement was read.');
  const node = statement?.node as Node | undefined;
  if (node !== undefined && 'SelectStmt' in node)
    readSelect(analysis, node.SelectStmt, 'the statement', [], new Map());
  else if (node !== undefined) analysis.notAnalysed.add('Only SELECT statements are analysed.');
  return summarise(analysis);
}

function summarise(analysis: Analysis): JoinPath {
  const tables = new Map<string, TableName>();
  for (const { relations } of analysis.blocks) {
    for (const origin of relations.flatMap(({ columns }) => columns ?? []).map((column) => column.origin)) {
      if (origin) tables.set(`${origin.table.namespace}\0${origin.table.table}`, origin.table);
    }
  }
  const judged = analysis.blocks.map((block) => ({ block, ...judgeBlock(analysis, block) }));
  return {
    tables: [...tables.values()],
    joins: judged.flatMap(({ block, guilty }) => listJoins(block, analysis.schema, guilty)),
    warnings: judged.flatMap(({ warnings }) => warnings),
    notAnalysed: [...analysis.notAnalysed],
  };
}

/** Reads one SELECT and all inside it; answers with what its rows are to the statement around. */
function readSelect(
  analysis: Analysis,
  select: SelectStmt,
  part: string,
  outer: readonly Block[],
  around: Named,
): Relation {
  const named = readWith(analysis, select, outer, around);
  if (select.larg !== undefined && select.rarg !== undefined) {
    return readSetOperation(analysis, select, part, outer, named);
  }
  const name = part.replace(/^.* /, '');
  if (select.valuesLists !== undefined)
    return unknownRelation(name, `${name} is a list of values: what is unique in it is not known.`);
  const block: Block = { part, select, relations: [], equalities: [], constants: [], outer };
  const inner = (one: SelectStmt, its: string, its_outer: readonly Block[]) =>
    readSelect(analysis, one, its, its_outer, named);
  readFrom({ analysis, block, named, readSelect: inner });
  analysis.blocks.push(block);
  readSubqueries(block, inner);
  return deriveRelation(block, name);
}

function readSetOperation(
  analysis: Analysis,
  select: SelectStmt,
  part: string,
  outer: readonly Block[],
  named: Named,
): Relation {
  const first = select.larg && readSelect(analysis, select.larg, part, outer, named);
  if (select.rarg) readSelect(analysis, select.rarg, part, outer, named);
  const names = first?.columns?.map(({ name }) => ({ name }));
  const isDistinct = select.all !== true;
  return {
    name: part,
    columns: names,
    uniqueKeys: isDistinct && names ? [names.map(({ name }) => name)] : [],
  };
}

/** Each name of WITH sees those before it. */
function readWith(analysis: Analysis, select: SelectStmt, outer: readonly Block[], around: Named): Named {
  const named = new Map(around);
  for (const node of select.withClause?.ctes ?? []) {
    if (!('CommonTableExpr' in node)) continue;
    const { ctename = '', ctequery, aliascolnames } = node.CommonTableExpr;
    const query = ctequery !== undefined && 'SelectStmt' in ctequery ? ctequery.SelectStmt : undefined;
    const isRecursive = select.withClause?.recursive === true && mentions(query, ctename);
    if (query === undefined || isRecursive) {
      const why = isRecursive ? 'is recursive' : 'changes data';
      named.set(
        ctename,
        unknownRelation(ctename, `WITH ${ctename} ${why}: what is unique in it is not known.`),
      );
      if (isRecursive)
        analysis.notAnalysed.add(`WITH ${ctename} is recursive: the joins inside it are not analysed.`);
      continue;
    }
    const relation = readSelect(analysis, query, `WITH ${ctename}`, outer, named);
    named.set(ctename, withNames({ ...relation, name: ctename }, (aliascolnames ?? []).map(textOf)));
  }
  return named;
}

function withNames(relation: Relation, names: (string | undefined)[]): Relation {
  if (names.length === 0 || relation.columns === undefined) return relation;
  const renamed = new Map(relation.columns.map(({ name }, at) => [name, names[at] ?? name]));
  return {
    ...relation,
    columns: relation.columns.map((column) => ({ ...column, name: renamed.get(column.name) ?? column.name })),
    uniqueKeys: relation.uniqueKeys.map((key) => key.map((column) => renamed.get(column) ?? column)),
  };
}

function mentions(query: SelectStmt | undefined, name: string): boolean {
  return JSON.stringify(query ?? {}).includes(`"relname":${JSON.stringify(name)}`);
}

/** Sub-queries in conditions and outputs: their own SELECTs, which see the rows of this one as given. */
function readSubqueries(
  block: Block,
  read: (select: SelectStmt, part: string, outer: readonly Block[]) => Relation,
): void {
  const { targetList, whereClause, havingClause, sortClause } = block.select;
  const conditions = (block.select.fromClause ?? []).flatMap(joinConditions);
  walkExpression(
    [targetList, whereClause, havingClause, sortClause, conditions],
    () => undefined,
    (node) => {
      if ('SelectStmt' in node) read(node.SelectStmt, 'a sub-query', [block, ...block.outer]);
    },
  );
}

function joinConditions(source: Node): Node[] {
  if (!('JoinExpr' in source)) return [];
  const { larg, rarg, quals } = source.JoinExpr;
  return [larg, rarg].flatMap((side) => (side ? joinConditions(side) : [])).concat(quals ?? []);
}
