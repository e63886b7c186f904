import type { Node, SelectStmt } from 'libpg-query';

/** A node, where it stands, and the node around it. */
export interface Slot {
  node: Node;
  put(node: Node): void;
  parent: Node | undefined;
}

/** A SELECT with its subqueries and the operands of its set operations, outermost first. */
export function listSelects(select: SelectStmt): SelectStmt[] {
  const found = [select];
  collectSelects(select, found);
  return found;
}

function collectSelects(value: unknown, found: SelectStmt[]): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (isSelect(key, inner)) found.push(inner);
    collectSelects(inner, found);
  }
}

/** Subqueries are wrapped as nodes; the operands of a set operation are not. A join's sides have the same keys. */
function isSelect(key: string, value: unknown): value is SelectStmt {
  if (typeof value !== 'object' || value === null) return false;
  return key === 'SelectStmt' || ((key === 'larg' || key === 'rarg') && 'limitOption' in value);
}

/** Every node of a SELECT's own scope; subqueries and the operands of set operations are left out. */
export function listSlots(select: SelectStmt): Slot[] {
  const found: Slot[] = [];
  collectSlots(select, undefined, found);
  return found;
}

function collectSlots(container: object, parent: Node | undefined, found: Slot[]): void {
  for (const [key, value] of Object.entries(container)) {
    if (typeof value !== 'object' || value === null || isSelect(key, value)) continue;
    if (!isNode(value)) {
      collectSlots(value as object, parent, found);
      continue;
    }
    const put = (node: Node) => void Object.assign(container, { [key]: node });
    found.push({ node: value, put, parent });
    for (const [type, fields] of Object.entries(value)) {
      if (!isSelect(type, fields)) collectSlots(fields as object, value, found);
    }
  }
}

function isNode(value: object): value is Node {
  const keys = Object.keys(value);
  return keys.length === 1 && /^[A-Z]/.test(keys[0] ?? '');
}
