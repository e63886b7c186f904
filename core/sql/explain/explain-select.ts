import type { Node, SelectStmt } from 'libpg-query';
import type { ExplanationLine } from '../../contract/index.ts';
import { explainFrom } from './explain-from.ts';
import { explainOutput, hasAggregate } from './explain-output.ts';
import { explainGroups, explainLimit, explainOrder } from './explain-shape.ts';
import { describeWindow } from './describe-call.ts';
import { describeCondition, splitAnd } from './describe-condition.ts';
import { describe } from './describe-expression.ts';
import { Words } from './writer.ts';

/** One SELECT in lines, in the order in which PostgreSQL works. */
export function explainSelect(select: SelectStmt): ExplanationLine[] {
  const words = new Words(tellSelect);
  tellSelect(select, words);
  return words.lines;
}

function tellSelect(select: SelectStmt, words: Words): void {
  tellWith(select, words);
  if (select.larg && select.rarg) tellSetOperation(select, select.larg, select.rarg, words);
  else if (select.valuesLists) tellValues(select.valuesLists, words);
  else tellCore(select, words);
  explainOrder(select, words);
  explainLimit(select, words);
  if (select.lockingClause) words.say('lock', 'Locks the rows that it reads.');
}

function tellWith({ withClause }: SelectStmt, words: Words): void {
  for (const node of withClause?.ctes ?? []) {
    if (!('CommonTableExpr' in node)) continue;
    const { ctename = '', ctequery } = node.CommonTableExpr;
    const recursive = withClause?.recursive ? ', which may read what it has found so far' : '';
    words.say('with', `First makes ${ctename}${recursive}:`);
    if (ctequery && 'SelectStmt' in ctequery) words.tell(ctequery.SelectStmt, 1);
  }
}

const setOperations: Record<string, [all: string, distinct: string]> = {
  SETOP_UNION: [
    'Puts the rows of both results below each other, with their repetitions:',
    'Puts the rows of both results together, each different row once:',
  ],
  SETOP_INTERSECT: [
    'Takes the rows that both results have, with their repetitions:',
    'Takes the rows that both results have, each once:',
  ],
  SETOP_EXCEPT: [
    'Takes the rows of the first result without those of the second, repetition by repetition:',
    'Takes the rows of the first result that the second does not have, each once:',
  ],
};

function tellSetOperation(select: SelectStmt, left: SelectStmt, right: SelectStmt, words: Words): void {
  const [all, distinct] = setOperations[select.op ?? ''] ?? [
    'Combines two results:',
    'Combines two results:',
  ];
  words.say('set', select.all ? all : distinct);
  words.say('set', 'The first result:', 1);
  words.tell(left, 2);
  words.say('set', 'The second result:', 1);
  words.tell(right, 2);
}

function tellValues(lists: readonly Node[], words: Words): void {
  const rows = lists.length === 1 ? 'one row' : `${lists.length} rows`;
  words.say('output', `Gives ${rows} of values that stand in the statement.`);
}

function tellCore(select: SelectStmt, words: Words): void {
  explainFrom(select.fromClause ?? [], words);
  tellConditions('filter', 'Keeps the rows where', select.whereClause, words);
  explainGroups(select, words);
  tellConditions('having', 'Keeps the groups where', select.havingClause, words);
  explainOutput(select, words);
  tellWindows(select, words);
  tellDistinct(select, words);
}

function tellWindows({ windowClause = [] }: SelectStmt, words: Words): void {
  for (const node of windowClause) {
    if (!('WindowDef' in node)) continue;
    const { name = '', ...window } = node.WindowDef;
    words.say('window', `The window ${name} is ${describeWindow(window, words).replace(/^, /, '')}.`);
  }
}

/** One condition in a sentence, several as a list. */
function tellConditions(
  kind: 'filter' | 'having',
  lead: string,
  clause: Node | undefined,
  words: Words,
): void {
  if (!clause) return;
  const parts = splitAnd(clause);
  if (parts.length === 1) return words.say(kind, `${lead} ${describeCondition(clause, words)}.`);
  words.say(kind, `${lead} all of this holds:`);
  for (const part of parts) words.say(kind, `${describeCondition(part, words)}.`, 1);
}

function tellDistinct(select: SelectStmt, words: Words): void {
  const { distinctClause } = select;
  if (!distinctClause) return;
  const keys = distinctClause.filter((node) => Object.keys(node).length > 0);
  if (keys.length > 0) {
    const names = keys.map((key) => describe(key, words)).join(', ');
    const which = select.sortClause ? 'in the order below' : 'whichever comes first';
    words.say('distinct', `Gives one row for each ${names}: the first one, ${which}.`);
    return;
  }
  const isOneRow = hasAggregate(select) && !select.groupClause;
  words.say(
    'distinct',
    isOneRow ? 'DISTINCT changes nothing: there is one row.' : 'Gives each different row once.',
  );
}
