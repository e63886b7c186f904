import { readNames } from './guard-nodes.ts';
import type { AstNode, AstValue } from './parse.ts';

/** Names in a statement that a search path gives their meaning. Each once; those with a schema are not among them. */
export interface StatementNames {
  /** Of calls: `lower(x)`. */
  functions: string[];
  /** Behind a dot, columns most of the time: `x.name` calls name(x) where x has no such column. */
  attributes: string[];
  /** `+`, `LIKE` as `~~`. */
  operators: string[];
}

/** Nodes that can compare with `=` without writing it: USING, NATURAL, CASE x WHEN y, x IN (SELECT …). */
const comparing = new Set(['JoinExpr', 'CaseExpr', 'SubLink']);

/** Collects the names of an allowed query's tree. Without recursion: depth is the statement's choice. */
export function collectNames(root: AstNode): StatementNames {
  const found = {
    functions: new Set<string>(),
    attributes: new Set<string>(),
    operators: new Set<string>(),
  };
  const pending: AstValue[] = [root];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (const child of value) pending.push(child);
      continue;
    }
    addSingle(found.functions, value['funcname']);
    addSingle(found.functions, value['method']);
    addSingle(found.operators, value['operName']);
    addSingle(found.operators, value['useOp']);
    for (const [key, child] of Object.entries(value)) {
      if (comparing.has(key)) found.operators.add('=');
      if (key === 'A_Expr') addOperators(found.operators, child as AstNode);
      if (key === 'ColumnRef')
        addAll(
          found.attributes,
          readNames((child as AstNode)['fields'])
            .slice(1)
            .slice(-1),
        );
      if (key === 'A_Indirection') addAll(found.attributes, readNames((child as AstNode)['indirection']));
      pending.push(child);
    }
  }
  return {
    functions: [...found.functions],
    attributes: [...found.attributes],
    operators: [...found.operators],
  };
}

/** BETWEEN is a node of its own name, and means the operators `>=` and `<=`, negated `<` and `>`. */
function addOperators(names: Set<string>, fields: AstNode): void {
  const path = fields['name'];
  if (/BETWEEN/.test(String(fields['kind']))) addAll(names, ['<', '<=', '>', '>=']);
  else addSingle(names, path);
}

function addSingle(names: Set<string>, path: AstValue | undefined): void {
  const parts = readNames(path);
  if (parts.length === 1) addAll(names, parts);
}

function addAll(names: Set<string>, parts: string[]): void {
  for (const part of parts) if (part !== '') names.add(part);
}
