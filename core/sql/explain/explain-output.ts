import type { Node, ResTarget, SelectStmt } from 'libpg-query';
import { describe } from './describe-expression.ts';
import { isAggregateCall } from './describe-call.ts';
import type { Words } from './writer.ts';

/** The columns of the result. */
export function explainOutput({ targetList = [] }: SelectStmt, words: Words): void {
  const targets = targetList.flatMap((node) => ('ResTarget' in node ? [node.ResTarget] : []));
  const [only] = targets;
  if (only === undefined) return words.say('output', 'Shows no column.');
  if (targets.length === 1) return words.say('output', `Shows ${describeTarget(only, words)}.`);
  words.say('output', 'Shows:');
  for (const target of targets) words.say('output', `${describeTarget(target, words)}.`, 1);
}

function describeTarget({ val, name }: ResTarget, words: Words): string {
  if (!val) return name ?? '';
  const text = describe(val, words);
  return name === undefined || name === text ? text : `${text}, called ${name}`;
}

/** Whether the SELECT itself counts, sums or the like; a sub-query inside may. */
export function hasAggregate({ targetList = [], havingClause, sortClause = [] }: SelectStmt): boolean {
  return [...targetList, ...(havingClause ? [havingClause] : []), ...sortClause].some(holdsAggregate);
}

function holdsAggregate(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsAggregate);
  if (typeof value !== 'object' || value === null) return false;
  if ('SubLink' in value) return false;
  const node = value as Node;
  if ('FuncCall' in node && isAggregateCall(node.FuncCall)) return true;
  return Object.values(value).some(holdsAggregate);
}
