import type { Literal, Predicate, PredicateOperator } from '../../sql/sketch/sketch.ts';
import type { Field, Relation } from './make-schema.ts';
import type { PairContext } from './pair-context.ts';

/** A condition on one relation: what it says and what it means. */
export interface Filter {
  predicates: Predicate[];
  /** Words behind the entity: `with status active`. */
  after: string;
  /** Words before it, instead: `active`. */
  before?: string;
}

function textLiteral(value: string): Literal {
  return { kind: 'text', value };
}

function numberWords(context: PairContext, value: number): string {
  const small = 'zero one two three four five six seven eight nine ten'.split(' ');
  const word = small[value];
  if (word && context.random.chance(0.3)) return word;
  return value >= 1000 && context.random.chance(0.35) ? value.toLocaleString('en-US') : String(value);
}

/** A number as people round it, within the attribute's range. */
export function chooseNumber(context: PairContext, field: Field): number {
  const [low, high] = field.attribute.range ?? [1, 100];
  const raw = low + context.random.next() * (high - low);
  const step = raw > 10_000 ? 1000 : raw > 1000 ? 100 : raw > 100 ? 10 : 1;
  return Math.max(1, Math.round(raw / step) * step);
}

const numberComparisons: [PredicateOperator, string][] = [
  ['>', '{greater than|over|above|more than|higher than|exceeding|larger than|bigger than}'],
  ['>', '{greater than|over|above|more than}'],
  ['<', '{less than|under|below|lower than|smaller than|fewer than}'],
  ['>=', '{at least|no less than|greater than or equal to|of at least}'],
  ['<=', '{at most|no more than|less than or equal to|up to}'],
  ['=', '{equal to|exactly|of}'],
  ['!=', '{not equal to|other than|different from}'],
];

function numberFilter(context: PairContext, relation: Relation, field: Field): Filter {
  const left = context.ref(relation, field.column);
  const words = context.phraseOf(field);
  const value = chooseNumber(context, field);
  const lead = context.say(`{with|with a|with|whose|that have a|having a|where the}`);
  const link = /whose|where/.test(lead) ? 'is ' : '';
  const number = numberWords(context, value);
  if (context.random.chance(0.15)) {
    const high = value + Math.max(1, Math.round(value * context.random.next()));
    const predicate: Predicate = {
      left,
      operator: 'between',
      literals: [value, high].map((item) => ({ kind: 'number', value: String(item) })),
      connector: 'and',
    };
    return {
      predicates: [predicate],
      after: `${lead} ${words} ${link}between ${number} and ${numberWords(context, high)}`,
    };
  }
  const [operator, comparison] = context.random.pick(numberComparisons);
  const predicate: Predicate = {
    left,
    operator,
    literals: [{ kind: 'number', value: String(value) }],
    connector: 'and',
  };
  const special = specialNumberWords(context, field, operator, number);
  return {
    predicates: [predicate],
    after: special ?? `${lead} ${words} ${link}${context.say(comparison)} ${number}`,
  };
}

/** `older than 30`, `costing more than 20`: said without the column's name. */
function specialNumberWords(
  context: PairContext,
  field: Field,
  operator: PredicateOperator,
  number: string,
): string | undefined {
  if (!context.random.chance(0.4)) return undefined;
  const [name] = field.attribute.names;
  const isMore = operator === '>';
  if (!isMore && operator !== '<') return undefined;
  if (name === 'age')
    return context.say(`{|that are |who are }${isMore ? 'older than' : 'younger than'} ${number}`);
  const side = isMore ? '{more than|over|above}' : '{less than|under|below}';
  if (name === 'price') return context.say(`{costing|that cost|priced|that sell for} ${side} ${number}`);
  if (name === 'salary') return context.say(`{earning|who earn|making|that earn} ${side} ${number}`);
  if (name === 'amount') return context.say(`{of|worth|for} ${side} ${number}`);
  return undefined;
}

function equalsText(
  context: PairContext,
  relation: Relation,
  field: Field,
  value: string,
  negated: boolean,
): Predicate {
  return {
    left: context.ref(relation, field.column),
    operator: negated ? '!=' : '=',
    literals: [textLiteral(value)],
    connector: 'and',
  };
}

/** People do not type a value's capitals every time. */
function casually(context: PairContext, value: string): string {
  return context.random.chance(0.15) ? value.toLowerCase() : value;
}

function choiceFilter(context: PairContext, relation: Relation, field: Field): Filter | undefined {
  const { random } = context;
  if (field.values.length === 0) return undefined;
  const value = random.pick(field.values);
  const said = casually(context, value);
  const words = context.phraseOf(field);
  if (field.values.length > 2 && random.chance(0.07)) return eitherFilter(context, relation, field);
  if (random.chance(0.08)) {
    const after = context.say(
      `{whose ${words} is not|not in|with a ${words} other than|that are not} ${said}`,
    );
    return { predicates: [equalsText(context, relation, field, value, true)], after };
  }
  const predicates = [equalsText(context, relation, field, value, false)];
  if (field.attribute.role === 'place') {
    const near = '{in|in|from|from|located in|based in|living in|that are in|who live in|who are from}';
    return {
      predicates,
      after: context.say(`{${near}|${near}|whose ${words} is|with ${words}|in the ${words} of} ${said}`),
    };
  }
  const after = context.say(
    `{with ${words}|whose ${words} is|that have ${words}|with the ${words}|of ${words}|where ${words} is|in the ${words}|with a ${words} of} ${said}`,
  );
  return { predicates, after, before: said.toLowerCase() === said ? said : casually(context, said) };
}

function eitherFilter(context: PairContext, relation: Relation, field: Field): Filter {
  const [first = '', second = ''] = context.random.sample(field.values, 2);
  const words = context.phraseOf(field);
  const left = context.ref(relation, field.column);
  const lead =
    field.attribute.role === 'place'
      ? '{in|from|located in|either in}'
      : `{with ${words}|whose ${words} is|whose ${words} is either}`;
  const predicates: Predicate[] = [
    { left, operator: '=', literals: [textLiteral(first)], connector: 'and' },
    { left, operator: '=', literals: [textLiteral(second)], connector: 'or' },
  ];
  return { predicates, after: `${context.say(lead)} ${first} or ${second}` };
}

function nameFilter(context: PairContext, relation: Relation, field: Field): Filter | undefined {
  const { random } = context;
  if (field.values.length === 0) return undefined;
  const value = random.pick(field.values);
  const words = context.phraseOf(field);
  const left = context.ref(relation, field.column);
  const part = random.pick(value.split(' '));
  if (part.length < 3 || random.chance(0.6)) {
    const quote = random.chance(0.4) ? "'" : '';
    const after = `${context.say(`{named|called|with the ${words}|whose ${words} is|with ${words}|titled}`)} ${quote}${value}${quote}`;
    return { predicates: [{ left, operator: '=', literals: [textLiteral(value)], connector: 'and' }], after };
  }
  const [operator, pattern] = random.pick<[PredicateOperator, string]>([
    [
      'contains',
      `{whose ${words} contains|with a ${words} containing|whose ${words} includes|that have the word|with ${words} like}`,
    ],
    ['contains', `{whose ${words} contains|whose ${words} has the substring|with a ${words} that includes}`],
    ['starts', `{whose ${words} starts with|whose ${words} begins with|with a ${words} starting with}`],
    ['ends', `{whose ${words} ends with|with a ${words} ending in}`],
    ['lacks', `{whose ${words} does not contain|without the word}`],
  ]);
  const quote = random.chance(0.6) ? "'" : '';
  const after = `${context.say(pattern)} ${quote}${part}${quote}`;
  return { predicates: [{ left, operator, literals: [textLiteral(part)], connector: 'and' }], after };
}

const monthNames =
  'January February March April May June July August September October November December'.split(' ');

function dateFilter(context: PairContext, relation: Relation, field: Field): Filter {
  const { random } = context;
  const column = context.ref(relation, field.column);
  const year = 2015 + random.below(11);
  const words = context.phraseOf(field);
  const verb = relation.entity.class === 'event' ? relation.entity.verb : undefined;
  const lead = context.say(
    `{with a ${words}|with ${words}|whose ${words} is|${verb && verb !== 'have' ? verb : 'dated'}|from|with ${words}}`,
  );
  const number = (value: number): Literal => ({ kind: 'number', value: String(value) });
  const yearIs = (operator: PredicateOperator): Predicate => ({
    left: { kind: 'date-part', name: 'year', column },
    operator,
    literals: [number(year)],
    connector: 'and',
  });
  const kind = random.below(10);
  if (kind < 4) {
    const where = lead === 'from' ? 'from' : `${lead} {in|during|in the year|in}`;
    return { predicates: [yearIs('=')], after: context.say(`${where} ${year}`) };
  }
  if (kind < 5) {
    const later = random.chance(0.5);
    return {
      predicates: [yearIs(later ? '>' : '<')],
      after: `${lead} ${later ? 'after' : 'before'} ${year}`,
    };
  }
  if (kind < 6) {
    const month = 1 + random.below(12);
    const monthIs: Predicate = {
      left: { kind: 'date-part', name: 'month', column },
      operator: '=',
      literals: [number(month)],
      connector: 'and',
    };
    return { predicates: [monthIs], after: `${lead} in ${monthNames[month - 1] ?? ''}` };
  }
  const date = random.chance(0.6)
    ? {
        iso: `${year}-${String(1 + random.below(12)).padStart(2, '0')}-${String(1 + random.below(28)).padStart(2, '0')}`,
        said: '',
      }
    : monthStart(context, year);
  const [operator, comparison] = random.pick<[PredicateOperator, string]>([
    ['>', '{after|later than}'],
    ['<', '{before|earlier than|prior to}'],
    ['>=', '{since|on or after|starting from}'],
    ['=', 'on'],
  ]);
  const after = `${lead === 'from' ? '' : lead} ${context.say(comparison)} ${date.said || date.iso}`;
  return {
    predicates: [{ left: column, operator, literals: [textLiteral(date.iso)], connector: 'and' }],
    after,
  };
}

function monthStart(context: PairContext, year: number): { iso: string; said: string } {
  const month = context.random.below(12);
  return {
    iso: `${year}-${String(month + 1).padStart(2, '0')}-01`,
    said: `${monthNames[month] ?? ''} ${year}`,
  };
}

function flagFilter(context: PairContext, relation: Relation, field: Field): Filter {
  const value = context.random.chance(0.7);
  const words = context.phraseOf(field);
  const predicates: Predicate[] = [
    {
      left: context.ref(relation, field.column),
      operator: '=',
      literals: [{ kind: 'boolean', value }],
      connector: 'and',
    },
  ];
  if (value)
    return { predicates, after: context.say(`{that are|which are|currently} ${words}`), before: words };
  const negative = words === 'active' && context.random.chance(0.5) ? 'inactive' : `not ${words}`;
  return { predicates, after: context.say(`{that are|which are} ${negative}`) };
}

function missingFilter(context: PairContext, relation: Relation, field: Field): Filter {
  const words = context.phraseOf(field);
  const left = context.ref(relation, field.column);
  const isMissing = context.random.chance(0.7);
  const after = isMissing
    ? context.say(`{without a|with no|without any|that have no|whose} ${words}`)
    : context.say(`{that have a|with a known|with a recorded} ${words}`);
  const fixed = after.startsWith('whose')
    ? `${after} ${context.say('{is missing|is unknown|is not set|is null}')}`
    : after;
  return {
    predicates: [{ left, operator: isMissing ? 'is-null' : 'not-null', literals: [], connector: 'and' }],
    after: fixed,
  };
}

/** A condition on a random field of the relation, or none when it has no fitting field. */
export function makeFilter(context: PairContext, relation: Relation): Filter | undefined {
  if (relation.fields.length === 0) return undefined;
  const field = context.random.pick(relation.fields);
  if (context.random.chance(0.04)) return missingFilter(context, relation, field);
  switch (field.attribute.role) {
    case 'category':
    case 'place':
      return choiceFilter(context, relation, field);
    case 'measure':
    case 'count':
      return numberFilter(context, relation, field);
    case 'date':
      return dateFilter(context, relation, field);
    case 'flag':
      return flagFilter(context, relation, field);
    case 'name':
    case 'text':
      return nameFilter(context, relation, field);
  }
}

/** Two conditions, joined by and or or. An `or` inside stays alone, for want of parentheses. */
export function makeFilters(context: PairContext, relation: Relation): Filter | undefined {
  const first = makeFilter(context, relation);
  if (!first || first.predicates.length > 1 || !context.random.chance(0.2)) return first;
  const second = makeFilter(context, relation);
  if (!second || second.predicates.length > 1 || second.after === first.after) return first;
  if (JSON.stringify(second.predicates[0]?.left) === JSON.stringify(first.predicates[0]?.left)) return first;
  const connector = context.random.chance(0.75) ? 'and' : 'or';
  const joined = second.predicates.map((predicate) => ({ ...predicate, connector }) satisfies Predicate);
  return {
    predicates: [...first.predicates, ...joined],
    after: `${first.after} ${connector} ${second.after}`,
  };
}

/** Plural words for the relation with its filter: `active customers`, `customers with status active`. */
export function describe(
  context: PairContext,
  relation: Relation,
  filter: Filter | undefined,
  singular = false,
): string {
  const noun = singular ? relation.entity.name : relation.entity.plural;
  if (!filter) return noun;
  return filter.before !== undefined && context.random.chance(0.5)
    ? `${filter.before} ${noun}`
    : `${noun} ${filter.after}`;
}
