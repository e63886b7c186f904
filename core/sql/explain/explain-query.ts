import type { Node, SelectStmt } from 'libpg-query';
import { AppError, type CoreHandlers, type ExplanationLine } from '../../contract/index.ts';
import { describeStatement } from '../guard-statements.ts';
import { parseStatements, type AstNode } from '../parse.ts';
import { explainSelect } from './explain-select.ts';

/**
 * A query in words, from its parse tree alone. Names stand as the statement has them; what no words are known for stands
 * as SQL. @throws AppError SQL_SYNTAX, or INVALID_INPUT where it is no single query
 */
export async function explainQuery(sql: string): Promise<ExplanationLine[]> {
  const [statement, ...others] = await parseStatements(sql);
  if (!statement) throw refuse('There is no statement.');
  if (others.length > 0) throw refuse(`There are ${others.length + 1} statements.`);
  const select = selectOf(statement.node);
  if (!select) throw refuse(`${describeStatement(statement.node)} is not a query.`);
  return explainSelect(select);
}

function selectOf(node: AstNode): SelectStmt | undefined {
  const explained = (node['ExplainStmt'] as { query?: AstNode } | undefined)?.query;
  const query = (explained ?? node) as unknown as Node;
  return 'SelectStmt' in query ? query.SelectStmt : undefined;
}

function refuse(message: string): AppError {
  return new AppError('INVALID_INPUT', message, {
    hint: 'Only a single query (SELECT, VALUES or WITH … SELECT) is put into words.',
  });
}

export function createExplainHandlers(): Pick<CoreHandlers, 'sql.explain'> {
  return { 'sql.explain': async ({ sql }) => ({ lines: await explainQuery(sql) }) };
}
