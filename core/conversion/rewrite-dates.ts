import { AppError } from '../contract/errors.ts';
import { callNode, castNode, constantText, textConstant } from './ast.ts';
import { operatorNode } from './ast-build.ts';
import { typeOf } from './rewrite-types.ts';
import type { Node } from 'libpg-query';
import type { CallRule } from './rewrite-calls.ts';
import type { Scope } from './rewrite-scope.ts';

/** strftime's letters in to_char's words; the others have none that means the same. */
const formats: Record<string, string> = {
  Y: 'YYYY',
  m: 'MM',
  d: 'DD',
  H: 'HH24',
  M: 'MI',
  S: 'SS',
  j: 'DDD',
  '%': '%',
};

/** SQLite's date functions: https://www.sqlite.org/lang_datefunc.html */
export const dateCalls: Record<string, CallRule> = {
  date: (args, scope) => (isToday(args) ? today : asDate(momentOf(args, scope), scope)),
  datetime: (args, scope) => asMoment(momentOf(args, scope), scope),
  time: (args, scope) => callNode('to_char', momentOf(args, scope), textConstant('HH24:MI:SS')),
  strftime: ([format, ...rest], scope) => formatDate(format, rest, scope),
  julianday: () => {
    throw new AppError('SQL_SYNTAX', 'julianday has no plain form in PostgreSQL.', {
      hint: 'Subtract the dates themselves: `ended::date - began::date` is a number of days.',
    });
  },
};

/** On a server whose clock shows UTC, as SQLite's does. */
const today: Node = { SQLValueFunction: { op: 'SVFOP_CURRENT_DATE', typmod: -1 } };

function isToday(args: Node[]): boolean {
  return args.length === 0 || (args.length === 1 && constantText(args[0]) === 'now');
}

function asDate(moment: Node, scope: Scope): Node {
  return typeOf(moment, scope) === 'date' ? moment : castNode(moment, 'date');
}

function asMoment(moment: Node, scope: Scope): Node {
  return typeOf(moment, scope) === 'timestamp' ? moment : castNode(moment, 'timestamp');
}

function formatDate(format: Node | undefined, rest: Node[], scope: Scope): Node {
  const pattern = constantText(format);
  const letters = [...(pattern ?? '').matchAll(/%(.)/g)].map((match) => match[1] ?? '');
  const unknown = letters.find((letter) => formats[letter] === undefined);
  if (pattern === undefined || unknown !== undefined || /[a-z]/i.test(pattern.replace(/%./g, ''))) {
    throw new AppError('SQL_SYNTAX', `strftime's format ${pattern ?? ''} has no plain form in PostgreSQL.`, {
      hint: 'Use %Y, %m, %d, %H, %M, %S or %j.',
    });
  }
  const words = pattern.replace(/%(.)/g, (_match, letter: string) => formats[letter] ?? '');
  return callNode('to_char', momentOf(rest, scope), textConstant(words));
}

/** The point in time that a date function's arguments mean: a value, then modifiers. */
function momentOf([value, ...modifiers]: Node[], scope: Scope): Node {
  let moment = value === undefined || constantText(value) === 'now' ? now() : typedMoment(value, scope);
  for (const modifier of modifiers) moment = modify(moment, constantText(modifier) ?? '');
  return moment;
}

/** SQLite's clock shows UTC. */
function now(): Node {
  return {
    FuncCall: {
      funcname: [{ String: { sval: 'pg_catalog' } }, { String: { sval: 'timezone' } }],
      args: [textConstant('UTC'), callNode('now')],
      funcformat: 'COERCE_SQL_SYNTAX',
    },
  };
}

function typedMoment(value: Node, scope: Scope): Node {
  const type = typeOf(value, scope);
  return type === 'date' || type === 'timestamp' ? value : castNode(value, 'timestamp');
}

function modify(moment: Node, modifier: string): Node {
  const shift = /^([+-]?\d+) (day|month|year|hour|minute|second)s?$/.exec(modifier);
  const start = /^start of (day|month|year)$/.exec(modifier);
  if (start !== null) return callNode('date_trunc', textConstant(start[1] ?? ''), moment);
  if (shift === null) {
    throw new AppError('SQL_SYNTAX', `The date modifier ${modifier} has no plain form in PostgreSQL.`, {
      hint: 'Use a shift such as +1 day, or start of month.',
    });
  }
  const [, count = '', unit = ''] = shift;
  const amount = Math.abs(Number(count));
  const interval: Node = {
    TypeCast: {
      arg: textConstant(`${amount} ${unit}${amount === 1 ? '' : 's'}`),
      typeName: {
        names: [{ String: { sval: 'pg_catalog' } }, { String: { sval: 'interval' } }],
        typemod: -1,
      },
    },
  };
  return operatorNode(count.startsWith('-') ? '-' : '+', moment, interval);
}
