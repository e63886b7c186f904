import { collectNumbers } from '../../schema/collect-literals.ts';

/** A word of the follow-up and its place in it, as value hints count places. */
export interface PlacedWord {
  /** Lower case. */
  word: string;
  at: number;
}

export type AggregateName = 'count' | 'sum' | 'avg' | 'min' | 'max';

/** What an elliptical follow-up asks to change of the earlier statement. Phrases are still to be linked to the schema. */
export type Change =
  /** `isCounted`: a statement that counts already stays as it is. */
  | { kind: 'count'; isCounted: boolean }
  | { kind: 'all' }
  | { kind: 'limit'; count: number; ranked: boolean; from: 'top' | 'bottom'; phrase: PlacedWord[] }
  /** `ofLimit`: only where the rows are limited, as "the cheapest ones" means other rows. */
  | {
      kind: 'order';
      phrase: PlacedWord[];
      descending: boolean | 'reverse';
      ofLimit?: boolean;
      /** By time: "newest first". */
      byDate?: boolean;
    }
  | { kind: 'group'; phrase: PlacedWord[] }
  | { kind: 'show'; phrase: PlacedWord[] }
  | { kind: 'aggregate'; name: AggregateName; phrase: PlacedWord[] }
  | { kind: 'filter'; phrase: PlacedWord[]; negated: boolean };

export interface Rule {
  pattern: RegExp;
  /** `take` gives the words of a group of the pattern. Changes are made one after another. */
  read(match: RegExpExecArray, take: (group: number) => PlacedWord[]): Change | Change[];
}

/** The number that a word says, in digits or letters. */
export function readNumber(word: string): number {
  return Number(collectNumbers([word])[0]);
}

const them = '(?: (?:them|it|those|these|this|that|the results?|the rows|the list|results?|rows))?';
const number = String.raw`(\d+|one|two|three|four|five|six|seven|eight|nine|ten|twenty)`;
const direction =
  '(?: ?(?:in )?(asc|ascending|desc|descending|from (?:highest|largest|newest) to (?:lowest|smallest|oldest)|from (?:lowest|smallest|oldest) to (?:highest|largest|newest)|(?:highest|largest|newest|latest|biggest|most) first|(?:lowest|smallest|oldest|earliest|least) first)(?: order)?)?';
const downwards = /^(desc|from (highest|largest|newest)|(highest|largest|newest|latest|biggest|most) first)/;
const superlatives =
  'newest|latest|most recent|highest|largest|biggest|most expensive|youngest|oldest|earliest|lowest|smallest|cheapest';
/** Those that begin with the greatest value. */
const temporal = /newest|latest|recent|oldest|earliest|youngest/;
const greatest = /newest|latest|recent|highest|largest|biggest|most exp/;

const aggregates: Record<string, AggregateName> = {
  average: 'avg',
  mean: 'avg',
  total: 'sum',
  sum: 'sum',
  maximum: 'max',
  highest: 'max',
  largest: 'max',
  minimum: 'min',
  lowest: 'min',
  smallest: 'min',
};
const aggregate = `(?:what (?:is|was) )?(?:the |their |its )?(${Object.keys(aggregates).join('|')})(?: of)?(?: them| those| these)?(?: (?:the )?(.+?))?`;

function readAggregate(match: RegExpExecArray, phrase: PlacedWord[]): Change {
  return { kind: 'aggregate', name: aggregates[match[1] ?? ''] ?? 'avg', phrase };
}

const counting: Rule[] = [
  {
    pattern:
      /^(?:how many(?: (?:of )?(?:them|those|these|rows|results|is that|are that|are there|are they|in total))*|count(?: them| those| these| it)?|what is the (?:count|number)|the (?:count|number)(?: of them)?)$/,
    read: () => ({ kind: 'count', isCounted: false }),
  },
  {
    pattern: /^how many (?:of )?(?:them|those|these) (?:are |were |is |was |have |had )?(.+)$/,
    read: (_match, take) => [
      { kind: 'filter', phrase: take(1), negated: false },
      { kind: 'count', isCounted: true },
    ],
  },
];

const limiting: Rule[] = [
  {
    pattern: /^(?:all|all of them|everything|all rows|without (?:the |a )?limit|no limit)$/,
    read: () => ({ kind: 'all' }),
  },
  {
    pattern: new RegExp(
      `^(?:only |just |limit(?:ed)?(?: it| them)? to )?(?:the )?(?:(top|first|best|bottom|last|worst) ${number}|(?:only|just|limit to) (?:the )?${number}|${number} (?:only|of them))(?: ones| rows| results| of them)?(?: only)?(?: by (?:the )?(.+))?$`,
    ),
    read(match, take) {
      const which = match[1] ?? 'first';
      return {
        kind: 'limit',
        count: readNumber(match[2] ?? match[3] ?? match[4] ?? ''),
        ranked: /top|best|bottom|last|worst/.test(which) || match[5] !== undefined,
        from: /bottom|last|worst/.test(which) ? 'bottom' : 'top',
        phrase: take(5),
      };
    },
  },
];

const ordering: Rule[] = [
  {
    pattern: new RegExp(
      `^(?:sort|sorted|order|ordered|rank|ranked|arrange)${them} (?:by|on) (?:the )?(.+?)${direction}$`,
    ),
    read: (match, take) => ({
      kind: 'order',
      phrase: take(1),
      descending: downwards.test(match[2] ?? ''),
    }),
  },
  {
    pattern: new RegExp(
      `^(?:(?:sort|order|rank)${them} )?(?:the )?(${superlatives}) (?:ones |one )?first(?: by (?:the )?(.+))?$`,
    ),
    read: (match, take) => ({
      kind: 'order',
      phrase: take(2),
      descending: greatest.test(match[1] ?? ''),
      byDate: temporal.test(match[1] ?? ''),
    }),
  },
  {
    pattern: new RegExp(`^(?:only |just )?(?:the )?(${superlatives})(?: ones?)?$`),
    read: (match) => ({
      kind: 'order',
      phrase: [],
      descending: greatest.test(match[1] ?? ''),
      ofLimit: true,
      byDate: temporal.test(match[1] ?? ''),
    }),
  },
  {
    pattern: new RegExp(
      `^(?:(?:sort|order|rank)${them} )?(?:in )?(?:the )?(reverse|opposite|other way round|other way around|descending|ascending)(?: order)?$`,
    ),
    read: ([, word = '']) => {
      const descending = word === 'ascending' ? false : word === 'descending' || 'reverse';
      return { kind: 'order', phrase: [], descending };
    },
  },
  {
    pattern: new RegExp(`^(?:(?:sort|order|list)${them} )?(?:in )?alphabetical(?:ly| order)$`),
    read: () => ({ kind: 'order', phrase: [{ word: 'name', at: -1 }], descending: false }),
  },
];

const computing: Rule[] = [
  {
    pattern: new RegExp(`^${aggregate} (?:by|per|for each|for every) (?:the )?(.+)$`),
    read: (match, take) => [readAggregate(match, take(2)), { kind: 'group', phrase: take(3) }],
  },
  {
    pattern:
      /^(?:the same )?(?:(?:split|broken down|break (?:it|them|that|this) down|group(?:ed)?(?: it| them| that| this)?) )?(?:by|per|for each|for every|in each) (?:the )?(.+)$/,
    read: (_match, take) => ({ kind: 'group', phrase: take(1) }),
  },
  {
    pattern: new RegExp(`^${aggregate}$`),
    read: (match, take) => readAggregate(match, take(2)),
  },
];

const showing: Rule[] = [
  {
    pattern:
      /^(?:also )?(?:(?:add|include|with|show|give|list)(?: me)? )?(?:also )?(?:their|its|the) (.+?)(?: too| as well| also)?$/,
    read: (_match, take) => ({ kind: 'show', phrase: take(1) }),
  },
  {
    pattern: /^(?:also |add |include )(?:the )?(.+?)(?: too| as well)?$/,
    read: (_match, take) => ({ kind: 'show', phrase: take(1) }),
  },
];

const filtering: Rule[] = [
  {
    pattern:
      /^(?:only |just |keep )?(?:the |those |these )?(?:ones? )?(?:that are |which are |who are )?(?:not|except|excluding|exclude|without|other than|remove|drop|leave out)(?: the| those| these)?(?: ones?)?(?: in| from| with| for| of)? (.+)$/,
    read: (_match, take) => ({ kind: 'filter', phrase: take(1), negated: true }),
  },
  { pattern: /^(.+)$/, read: (_match, take) => ({ kind: 'filter', phrase: take(1), negated: false }) },
];

/** The first that matches is taken. What none but the last matches is a filter, if anything. */
export const rules: Rule[] = [...counting, ...limiting, ...ordering, ...computing, ...showing, ...filtering];
