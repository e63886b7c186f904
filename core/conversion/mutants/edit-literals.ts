import { constantNumber, constantText, numberConstant, operatorOf, textConstant } from '../ast.ts';
import { editFields, editSlot } from './mutant.ts';
import { listSlots } from './walk-tree.ts';
import type { Node, SelectStmt } from 'libpg-query';
import type { Edit } from './mutant.ts';
import type { Slot } from './walk-tree.ts';

/** Numbers one up and one down, texts changed by one character or in their case, and ILIKE taken for LIKE. */
export function editLiterals(select: SelectStmt): Edit[] {
  const compared = listCompared(select);
  return listLiterals(select)
    .flatMap((slot) => {
      const text = constantText(slot.node);
      if (text === undefined) return changeNumber(slot);
      return [...changeText(slot, text), ...(compared.has(slot.node) ? changeCase(slot, text) : [])];
    })
    .concat(listSlots(select).flatMap(({ node }) => takeForLike(node)));
}

/** Constants that are values: not a LIMIT, an output's ordinal, or an array's index. */
function listLiterals(select: SelectStmt): Slot[] {
  const notValues = new Set([select.limitCount, select.limitOffset, ...(select.groupClause ?? [])]);
  return listSlots(select).filter(({ node, parent }) => {
    if (!('A_Const' in node) || notValues.has(node)) return false;
    return parent === undefined || !('SortBy' in parent || 'A_Indices' in parent);
  });
}

/** The texts that stand beside =, <>, LIKE or ILIKE, or in the list of an IN. */
function listCompared(select: SelectStmt): Set<Node> {
  const found = new Set<Node>();
  for (const { node } of listSlots(select)) {
    if (!('A_Expr' in node) || !/^(=|<>|!?~~\*?)$/.test(operatorOf(node) ?? '')) continue;
    for (const side of [node.A_Expr.lexpr, node.A_Expr.rexpr]) {
      if (side === undefined) continue;
      const items = 'List' in side ? (side.List.items ?? []) : [side];
      for (const item of items) found.add(item);
    }
  }
  return found;
}

function changeNumber(slot: Slot): Edit[] {
  const text = constantNumber(slot.node);
  if (text === undefined || !Number.isSafeInteger(Math.trunc(Number(text)))) return [];
  return [1, -1].map((step) => {
    const changed = addOne(text, step);
    return editSlot('literal-changed', `${text} → ${changed}`, slot, numberConstant(changed));
  });
}

/** In decimal, so that 0.1 becomes 1.1 and not 1.1000000000000001. */
function addOne(text: string, step: number): string {
  const digits = /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
  return (Number(text) + step).toFixed(digits);
}

function changeText(slot: Slot, text: string): Edit[] {
  const changed = changeCharacter(text);
  return [editSlot('literal-changed', `'${text}' → '${changed}'`, slot, textConstant(changed))];
}

/** Another last letter or digit, and no wildcard: dates mostly stay dates. */
function changeCharacter(text: string): string {
  const found = /[\p{L}\p{N}](?=[^\p{L}\p{N}]*$)/u.exec(text);
  if (found === null) return `${text}x`;
  const [character] = found;
  const changed = /^\d$/.test(character)
    ? String(character === '0' ? 1 : Number(character) - 1)
    : /^[zZ]$/.test(character)
      ? String.fromCharCode(character.charCodeAt(0) - 1)
      : /^[a-yA-Y]$/.test(character)
        ? String.fromCharCode(character.charCodeAt(0) + 1)
        : 'x';
  return text.slice(0, found.index) + changed + text.slice(found.index + character.length);
}

function changeCase(slot: Slot, text: string): Edit[] {
  const changed = text.toLowerCase() === text ? text.toUpperCase() : text.toLowerCase();
  if (changed === text) return [];
  return [editSlot('literal-case', `'${text}' → '${changed}'`, slot, textConstant(changed))];
}

/** SQLite's LIKE does not tell cases apart; PostgreSQL's does. */
function takeForLike(node: Node): Edit[] {
  if (!('A_Expr' in node) || node.A_Expr.kind !== 'AEXPR_ILIKE') return [];
  const name = operatorOf(node)?.replace('*', '');
  return [
    editFields('literal-case', 'ILIKE → LIKE', node.A_Expr, {
      kind: 'AEXPR_LIKE',
      name: [{ String: { sval: name } }],
    }),
  ];
}
