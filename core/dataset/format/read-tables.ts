import { parseStatements, type AstValue } from '../../sql/index.ts';

/** Names of the tables that a statement reads, its sub-queries included. @throws AppError SQL_SYNTAX */
export async function readTables(sql: string): Promise<string[]> {
  const names = new Set<string>();
  const visit = (value: AstValue | undefined): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (typeof value !== 'object' || value === null) return;
    if (typeof value['relname'] === 'string') names.add(value['relname']);
    Object.values(value).forEach(visit);
  };
  for (const { node } of await parseStatements(sql)) visit(node);
  return [...names].toSorted();
}
