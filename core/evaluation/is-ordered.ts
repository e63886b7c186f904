import { parseStatements, type AstValue } from '../sql/index.ts';

/**
 * Whether a query as a whole says in which order its rows come. An ORDER BY inside a subquery does not.
 * @throws AppError SQL_SYNTAX
 */
export async function isOrdered(sql: string): Promise<boolean> {
  const [statement] = await parseStatements(sql);
  const select: AstValue | undefined = statement?.node['SelectStmt'];
  return typeof select === 'object' && select !== null && 'sortClause' in select;
}
