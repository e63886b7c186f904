/** Questions about one table. Every template returns nothing when the schema lacks what it needs. */
import type { AggregateName, Core, Operand, OrderItem } from '../../sql/sketch/sketch.ts';
import { describe, makeFilter, makeFilters, type Filter } from './make-filter.ts';
import type { Field, Relation } from './make-schema.ts';
import {
  aggregate,
  aggregateWords,
  countAll,
  listWords,
  pluralWord,
  type Pair,
  type PairContext,
} from './pair-context.ts';

export type Template = (context: PairContext) => Pair | undefined;

const pair = (question: string, core: Core): Pair => ({ question, sketch: { core } });

function maybeFilter(context: PairContext, relation: Relation, probability: number): Filter | undefined {
  return context.random.chance(probability) ? makeFilters(context, relation) : undefined;
}

const countRows: Template = (context) => {
  const relation = context.random.pick(context.generated.relations);
  const filter = maybeFilter(context, relation, 0.7);
  const noun = describe(context, relation, filter);
  const question = context.say(
    filter
      ? `{How many ${noun} are there?|How many ${noun}?|How many ${noun} do we have?|What is the number of ${noun}?|Count the ${noun}.|Count the number of ${noun}.|Find the number of ${noun}.|Give me the count of ${noun}.|How many ${noun} exist?|number of ${noun}|Show the total number of ${noun}.}`
      : `{How many ${noun} are there {in total|in the database|}?|What is the total number of ${noun}?|Count the ${noun}.|How many ${noun} do we have?|How many ${noun} are {recorded|registered|stored|listed}?|Count all ${noun}.|Find the total number of ${noun}.|number of ${noun}}`,
  );
  return pair(question, context.core([relation], { items: [countAll], where: filter?.predicates ?? [] }));
};

function chooseColumns(
  context: PairContext,
  relation: Relation,
): { items: Operand[]; words: string[] } | undefined {
  const display = context.display(relation);
  const others = context.random.sample(
    relation.fields.filter((field) => field.attribute.role !== 'name'),
    context.random.pick([0, 0, 1, 1, 2, 3]),
  );
  const withDisplay = display.isName ? context.random.chance(0.8) : context.random.chance(0.3);
  if (!withDisplay && others.length === 0)
    return display.isName ? { items: display.items, words: [display.words] } : undefined;
  const items: Operand[] = others.map((field) => context.ref(relation, field.column));
  const words = others.map((field) => context.phraseOf(field));
  return withDisplay
    ? { items: [...display.items, ...items], words: [display.words, ...words] }
    : { items, words };
}

interface Ordering {
  order: OrderItem[];
  words: string;
}

function chooseOrder(context: PairContext, relation: Relation): Ordering | undefined {
  const field = context.fieldOf(relation, 'measure', 'count', 'date', 'name');
  if (!field) return undefined;
  const descending = context.random.chance(0.5);
  const words = context.phraseOf(field);
  const direction = descending
    ? '{in descending order|descending|from highest to lowest|from high to low|in descending order}'
    : '{in ascending order|ascending|from lowest to highest|alphabetically|}';
  const isText = field.attribute.role === 'name';
  const said =
    isText && !descending
      ? '{in alphabetical order of|alphabetically by|sorted by|ordered by|by}'
      : '{ordered by|sorted by|order by|sort by|in order of}';
  const fit = isText || descending ? direction : '{in ascending order|ascending|from lowest to highest|}';
  return {
    order: [{ operand: context.ref(relation, field.column), descending }],
    words: context.say(`${said} ${words} ${isText && !descending ? '' : fit}`),
  };
}

const listColumns: Template = (context) => {
  const relation = context.random.pick(context.generated.relations);
  const columns = chooseColumns(context, relation);
  if (!columns) return undefined;
  const filter = maybeFilter(context, relation, 0.65);
  const ordering = context.random.chance(filter ? 0.15 : 0.45) ? chooseOrder(context, relation) : undefined;
  const noun = describe(context, relation, filter);
  const words = listWords(columns.words);
  const many = columns.words.length === 1 ? pluralWord(words) : words;
  const owner = context.say(`{of|of|of|for} {all |all the |the ||}`);
  const tail = ordering ? `, ${ordering.words}` : '';
  const question = context.say(
    `{Show the ${many}|List the ${many}|List the ${words}|What are the ${many}|Find the ${many}|Give me the ${many}|Return the ${many}|Display the ${many}|Tell me the ${many}|Get the ${many}|${many}} ${owner} ${noun}${tail}{.|?|}`,
  );
  const simple =
    columns.words.length === 1 && context.display(relation).isName && columns.words[0] === 'name';
  const short = context.say(
    `{Which ${noun} are there?|List all ${noun}.|Show ${noun}.|Who are the ${noun}?}`,
  );
  const asked = simple && filter && !ordering && context.random.chance(0.25) ? short : question;
  return pair(
    asked,
    context.core([relation], {
      items: columns.items,
      where: filter?.predicates ?? [],
      order: ordering?.order ?? [],
    }),
  );
};

const numeric = ['measure', 'count'] as const;

const aggregateColumn: Template = (context) => {
  const relation = context.random.pick(context.generated.relations);
  const field = context.fieldOf(relation, ...numeric);
  if (!field) return undefined;
  const filter = maybeFilter(context, relation, 0.55);
  const names = context.random.sample<Exclude<AggregateName, 'count'>>(
    ['avg', 'avg', 'sum', 'max', 'min'],
    context.random.pick([1, 1, 1, 1, 2, 3]),
  );
  const chosen = [...new Set(names)];
  const words = listWords(chosen.map((name) => context.say(aggregateWords[name])));
  const noun = describe(context, relation, filter);
  const column = context.phraseOf(field);
  const question = context.say(
    `{What {is|are} the ${words} ${column} {of|of|for|across|among} {all |the |}${noun}?|Find the ${words} ${column} of {all |}${noun}.|Show the ${words} ${column} of ${noun}.|Calculate the ${words} ${column} of {all |}${noun}.|Give the ${words} ${column} for ${noun}.|${words} ${column} of ${noun}}`,
  );
  const argument = context.ref(relation, field.column);
  const items = chosen.map((name) => aggregate(name, argument));
  return pair(question, context.core([relation], { items, where: filter?.predicates ?? [] }));
};

const dateAggregate: Template = (context) => {
  const relation = context.random.pick(context.generated.relations);
  const field = context.fieldOf(relation, 'date');
  if (!field) return undefined;
  const latest = context.random.chance(0.5);
  const filter = maybeFilter(context, relation, 0.3);
  const noun = describe(context, relation, filter);
  const words = latest ? '{latest|most recent|last|newest}' : '{earliest|first|oldest}';
  const question = context.say(
    `{What is the ${words} ${context.phraseOf(field)} {of|among|for} {all |}${noun}?|Find the ${words} ${context.phraseOf(field)} of ${noun}.|When was the ${words} ${describe(context, relation, filter, true)}?}`,
  );
  const item = aggregate(latest ? 'max' : 'min', context.ref(relation, field.column));
  return pair(question, context.core([relation], { items: [item], where: filter?.predicates ?? [] }));
};

const distinctValues: Template = (context) => {
  const relation = context.random.pick(context.generated.relations);
  const field = context.fieldOf(relation, 'category', 'place');
  if (!field) return undefined;
  const filter = maybeFilter(context, relation, 0.25);
  const noun = describe(context, relation, filter);
  const column = context.ref(relation, field.column);
  const where = filter?.predicates ?? [];
  const words = pluralWord(context.phraseOf(field));
  if (context.random.chance(0.5)) {
    const question = context.say(
      `{How many {different|distinct|unique} ${words} {are there|do we have} {for|of|among|in} {all |the |}${noun}?|Count the number of {different|distinct|unique} ${words} of ${noun}.|How many {different|distinct} ${words} do ${noun} have?|What is the number of distinct ${words} of ${noun}?}`,
    );
    return pair(question, context.core([relation], { items: [aggregate('count', column, true)], where }));
  }
  const question = context.say(
    `{What are the {different|distinct|unique} ${words} of {all |the |}${noun}?|List the {different|distinct|unique} ${words} of ${noun}.|Show all {different|distinct|unique} ${words} of ${noun}.|Which {different |distinct |}${words} do ${noun} have?}`,
  );
  return pair(question, context.core([relation], { distinct: true, items: [column], where }));
};

interface GroupTail {
  having: Core['having'];
  order: OrderItem[];
  limit?: string;
  words: string;
}

/** What may follow a grouping: nothing, an order, a HAVING. */
export function chooseGroupTail(context: PairContext, measure: Operand, noun: string): GroupTail {
  const roll = context.random.next();
  if (roll < 0.6) return { having: [], order: [], words: '' };
  if (roll < 0.8) {
    const descending = context.random.chance(0.7);
    const words = descending
      ? '{from most to least|in descending order|with the highest first|sorted from highest to lowest|, largest first}'
      : '{in ascending order|from least to most|sorted from lowest to highest}';
    return { having: [], order: [{ operand: measure, descending }], words: context.say(`, ${words}`) };
  }
  const count = 1 + context.random.below(20);
  const [operator, said] = context.random.pick([
    ['>', 'more than'],
    ['>=', 'at least'],
    ['<', 'fewer than'],
  ] as const);
  return {
    having: [
      { left: measure, operator, literals: [{ kind: 'number', value: String(count) }], connector: 'and' },
    ],
    order: [],
    words: ` with ${said} ${count} ${noun}`,
  };
}

const groupCount: Template = (context) => {
  const relation = context.random.pick(context.generated.relations);
  const field = context.fieldOf(relation, 'category', 'place', 'category', 'place', 'flag');
  if (!field) return undefined;
  const filter = maybeFilter(context, relation, 0.2);
  const noun = describe(context, relation, filter);
  const words = context.phraseOf(field);
  const column = context.ref(relation, field.column);
  const drawn = chooseGroupTail(context, countAll, relation.entity.plural);
  const fits = drawn.having.length === 0 || (!filter && field.attribute.role !== 'flag');
  const tail: GroupTail = fits ? drawn : { having: [], order: [], words: '' };
  const base = { where: filter?.predicates ?? [], group: [column], having: tail.having, order: tail.order };
  if (tail.having.length > 0) {
    const question = context.say(
      `{Which|What|Show the|List the} ${pluralWord(words)} {have|that have|of ${noun}}${tail.words.replace(' with', '')}?`,
    );
    return pair(
      question.replace(/^(Show|List)(.*)\?$/, '$1$2.'),
      context.core([relation], { ...base, items: [column] }),
    );
  }
  const question = context.say(
    `{How many ${noun} are there {for each|in each|per|for every|by|of each|with each} ${words}|Show the number of ${noun} {for each|per|by|in each} ${words}|{Show|List} {each|every} ${words} and the number of ${noun}|What is the number of ${noun} {for each|per|in each} ${words}|Count the ${noun} {by|per|for each|in each} ${words}|For each ${words}, how many ${noun} are there|number of ${noun} {per|by} ${words}|Show {all |the |}${pluralWord(words)} and the number of ${noun} in each ${words}|How many ${noun} does each ${words} have}${tail.words}{.|?}`,
  );
  return pair(question, context.core([relation], { ...base, items: [column, countAll] }));
};

const groupAggregate: Template = (context) => {
  const relation = context.random.pick(context.generated.relations);
  const field = context.fieldOf(relation, 'category', 'place');
  const measure = context.fieldOf(relation, ...numeric);
  if (!field || !measure) return undefined;
  const names = [
    ...new Set(
      context.random.sample<Exclude<AggregateName, 'count'>>(
        ['avg', 'avg', 'sum', 'sum', 'max', 'min'],
        context.random.pick([1, 1, 1, 2]),
      ),
    ),
  ];
  const words = listWords(names.map((name) => context.say(aggregateWords[name])));
  const filter = maybeFilter(context, relation, 0.15);
  const noun = describe(context, relation, filter);
  const of = context.say(`{of ${noun}|of {all |}${noun}|of ${noun}|for ${noun}}`);
  const column = context.ref(relation, field.column);
  const items = names.map((name) => aggregate(name, context.ref(relation, measure.column)));
  const by = context.phraseOf(field);
  const what = `${words} ${context.phraseOf(measure)}`;
  const first = items[0] ?? countAll;
  const descending = context.random.chance(0.7);
  const ordered = context.random.chance(0.2);
  const tail = ordered
    ? context.say(
        descending
          ? ', {from highest to lowest|in descending order|highest first}'
          : ', {from lowest to highest|in ascending order}',
      )
    : '';
  const question = context.say(
    `{What is the ${what} ${of} {for each|per|in each|by|for every} ${by}|Show the ${what} ${of} {for each|per|by|in each} ${by}|For each ${by}, {what is|show|find} the ${what} ${of}|{Show|List} each ${by} and the ${what} ${of}|${what} ${of} {by|per} ${by}|Find the ${what} {for each|per|by} ${by} ${of}|What is the ${what} {by|per} ${by}}${tail}{.|?}`,
  );
  return pair(
    question,
    context.core([relation], {
      items: [column, ...items],
      where: filter?.predicates ?? [],
      group: [column],
      order: ordered ? [{ operand: first, descending }] : [],
    }),
  );
};

function extremeWords(
  context: PairContext,
  field: Field,
  descending: boolean,
): { adjective: string; isOwn: boolean } {
  const own = descending ? field.attribute.most : field.attribute.least;
  if (own && !/highest|lowest/.test(own) && context.random.chance(0.5))
    return { adjective: own, isOwn: true };
  const isDate = field.attribute.role === 'date';
  const words = isDate
    ? descending
      ? '{latest|most recent|newest}'
      : '{earliest|oldest|first}'
    : descending
      ? '{highest|largest|biggest|greatest|maximum|most}'
      : '{lowest|smallest|minimum|least}';
  return { adjective: context.say(words), isOwn: false };
}

const superlative: Template = (context) => {
  const relation = context.random.pick(context.generated.relations);
  const field = context.fieldOf(relation, 'measure', 'count', 'date', 'measure');
  const display = context.display(relation);
  if (!field) return undefined;
  const descending = context.random.chance(0.65);
  const { adjective, isOwn } = extremeWords(context, field, descending);
  const filter = maybeFilter(context, relation, 0.2);
  const words = context.phraseOf(field);
  const count = context.random.chance(0.5) ? 1 : 2 + context.random.below(14);
  const noun = describe(context, relation, filter, count === 1);
  const column = context.ref(relation, field.column);
  const withValue = context.random.chance(0.35);
  const said = withValue ? `${display.words} and ${words}` : display.words;
  const many = withValue ? said : pluralWord(display.words);
  const one = isOwn ? `the ${adjective} ${noun}` : `the ${noun} with the ${adjective} ${words}`;
  const question =
    count === 1
      ? context.say(
          `{What is the ${said} of ${one}?|Show the ${said} of ${one}.|Find the ${said} of ${one}.|${withValue || !display.isName ? `What is the ${said} of ${one}?` : isOwn ? `{Which|What} is the ${adjective} ${noun}?` : `Which ${noun} has the ${adjective} ${words}?`}|Give me the ${said} of ${one}.|Return the ${said} of ${one}.}`,
        )
      : context.say(
          isOwn
            ? `{Show the ${many} of the ${count} ${adjective} ${noun}.|What are the ${many} of the ${count} ${adjective} ${noun}?|${withValue || !display.isName ? `List the ${many} of the top ${count} ${adjective} ${noun}.` : `{List|What are|Show} the ${count} ${adjective} ${noun}.`}}`
            : `{Show the ${many} of the {top |}${count} ${noun} with the ${adjective} ${words}.|List the ${many} of the top ${count} ${noun} by ${words}{| in descending order}.|${withValue || !display.isName ? `What are the ${many} of the ${count} ${noun} with the ${adjective} ${words}?` : `Which ${count} ${noun} have the ${adjective} ${words}?`}|Find the ${many} of the ${count} ${noun} with the ${adjective} ${words}.}`,
        );
  const useDescending = /top \d+ .* by /.test(question) ? true : descending;
  return pair(
    question,
    context.core([relation], {
      items: withValue ? [...display.items, column] : display.items,
      where: filter?.predicates ?? [],
      order: [{ operand: column, descending: useDescending }],
      limit: String(count),
    }),
  );
};

const groupSuperlative: Template = (context) => {
  const relation = context.random.pick(context.generated.relations);
  const field = context.fieldOf(relation, 'category', 'place');
  if (!field) return undefined;
  const measure = context.random.chance(0.4) ? context.fieldOf(relation, ...numeric) : undefined;
  const descending = context.random.chance(0.75);
  const name = context.random.pick<'avg' | 'sum'>(['avg', 'sum']);
  const operand = measure ? aggregate(name, context.ref(relation, measure.column)) : countAll;
  const by = context.phraseOf(field);
  const noun = relation.entity.plural;
  const extreme = descending ? '{highest|largest|greatest}' : '{lowest|smallest}';
  const column = context.ref(relation, field.column);
  const count = context.random.chance(0.7) ? 1 : 2 + context.random.below(8);
  const what = measure
    ? `the ${extreme} ${context.say(aggregateWords[name])} ${context.phraseOf(measure)}${context.say('{| of $ents|}').replace('$ents', noun)}`
    : descending
      ? `{the most ${noun}|the largest number of ${noun}|the highest number of ${noun}}`
      : `the {fewest|least|smallest number of} ${noun}`;
  const withValue = context.random.chance(0.3);
  const extra = withValue ? ` and {what is it|the value|how many|show it}` : '';
  const question = context.say(
    count === 1
      ? `{Which ${by} has ${what}${extra}?|What is the ${by} with ${what}${extra}?|Find the ${by} with ${what}${extra}.|What is the most common ${by} of ${noun}?}`
      : `{Which ${count} ${pluralWord(by)} have ${what}${extra}?|Show the top ${count} ${pluralWord(by)} with ${what}${extra}.|List the ${count} ${pluralWord(by)} with ${what}${extra}.}`,
  );
  const isCommon = question.includes('most common');
  const measureOperand = isCommon ? countAll : operand;
  return pair(
    question,
    context.core([relation], {
      items: withValue && !isCommon ? [column, measureOperand] : [column],
      group: [column],
      order: [{ operand: measureOperand, descending: isCommon || descending }],
      limit: String(isCommon ? 1 : count),
    }),
  );
};

const aboveAverage: Template = (context) => {
  const relation = context.random.pick(context.generated.relations);
  const field = context.fieldOf(relation, ...numeric);
  if (!field) return undefined;
  const display = context.display(relation);
  const above = context.random.chance(0.7);
  const name = context.random.pick<'avg' | 'avg' | 'max' | 'min'>(['avg', 'avg', 'avg', 'max']);
  const words = context.phraseOf(field);
  const column = context.ref(relation, field.column);
  const subquery = context.core([relation], { items: [aggregate(name, column)] });
  const side = above
    ? '{above|higher than|greater than|more than|over}'
    : '{below|lower than|less than|under}';
  const reference =
    name === 'avg' ? '{the average|the average|average|the mean|the overall average}' : 'the maximum';
  const counted = context.random.chance(0.3);
  const noun = relation.entity.plural;
  const condition = `{with a ${words} ${side} ${reference}|whose ${words} is ${side} ${reference}|with ${side.replace('{', '{').replace('}', '}')} ${reference} ${words}}`;
  const question = counted
    ? context.say(`{How many ${noun} have a ${words} ${side} ${reference}?|Count the ${noun} ${condition}.}`)
    : context.say(
        `{List the ${pluralWord(display.words)} of ${noun} ${condition}.|Show the ${display.words} of {all |}${noun} ${condition}.|What are the ${pluralWord(display.words)} of ${noun} ${condition}?|Which ${noun} have a ${words} ${side} ${reference}?}`,
      );
  const operator = name === 'avg' ? (above ? '>' : '<') : above ? '=' : '<';
  if (name === 'max') return maximumOnly(context, relation, field);
  return pair(
    question,
    context.core([relation], {
      items: counted ? [countAll] : display.items,
      where: [{ left: column, operator, literals: [], subquery, connector: 'and' }],
    }),
  );
};

function maximumOnly(context: PairContext, relation: Relation, field: Field): Pair {
  const column = context.ref(relation, field.column);
  const display = context.display(relation);
  const highest = context.random.chance(0.6);
  const subquery = context.core([relation], { items: [aggregate(highest ? 'max' : 'min', column)] });
  const words = highest ? '{maximum|highest|largest}' : '{minimum|lowest|smallest}';
  const question = context.say(
    `{Show the ${pluralWord(display.words)} of all ${relation.entity.plural} whose ${context.phraseOf(field)} is equal to the ${words}|Which ${relation.entity.plural} all have the ${words} ${context.phraseOf(field)}}{.|?}`,
  );
  return pair(
    question,
    context.core([relation], {
      items: display.items,
      where: [{ left: column, operator: '=', literals: [], subquery, connector: 'and' }],
    }),
  );
}

const groupByDate: Template = (context) => {
  const relation = context.random.pick(context.generated.relations);
  const field = context.fieldOf(relation, 'date');
  if (!field) return undefined;
  const unit = context.random.pick(['year', 'year', 'monthly'] as const);
  const operand: Operand = { kind: 'date-part', name: unit, column: context.ref(relation, field.column) };
  const measure = context.random.chance(0.4) ? context.fieldOf(relation, ...numeric) : undefined;
  const name = context.random.pick<'sum' | 'avg'>(['sum', 'avg']);
  const item = measure ? aggregate(name, context.ref(relation, measure.column)) : countAll;
  const noun = relation.entity.plural;
  const what = measure
    ? `{What is|Show} the ${aggregateWords[name]} ${context.phraseOf(measure)} of ${noun}`
    : `{How many ${noun} {are there|were there|were made|do we have}|Show the number of ${noun}|Count the ${noun}}`;
  const by = context.random.chance(0.5) ? ` of ${context.phraseOf(field)}` : '';
  const per =
    unit === 'year'
      ? `{per year|by year|for each year|in each year|each year}`
      : `{per month|by month|for each month|each month|monthly}`;
  const ordered = context.random.chance(0.3);
  const question = context.say(
    `${what} ${per}${by}${ordered ? ' {in chronological order|ordered by time|, oldest first}' : ''}{?|.}`,
  );
  return pair(
    question,
    context.core([relation], {
      items: [operand, item],
      group: [operand],
      order: ordered ? [{ operand, descending: false }] : [],
    }),
  );
};

const setOperation: Template = (context) => {
  const relation = context.random.pick(context.generated.relations);
  const display = context.random.chance(0.5) ? context.fieldOf(relation, 'category', 'place') : undefined;
  const items: Operand[] = display
    ? [context.ref(relation, display.column)]
    : context.display(relation).items;
  const words = display ? context.phraseOf(display) : context.display(relation).words;
  const first = makeFilter(context, relation);
  const second = makeFilter(context, relation);
  if (!first || !second || first.predicates.length + second.predicates.length > 2) return undefined;
  if (JSON.stringify(first.predicates) === JSON.stringify(second.predicates)) return undefined;
  const operator = context.random.pick(['intersect', 'except', 'union'] as const);
  const noun = relation.entity.plural;
  const link = {
    intersect: `{and also ${noun} ${second.after}|and ${noun} ${second.after}}`,
    except: `{but not ${noun} ${second.after}|but no ${noun} ${second.after}}`,
    union: `{or ${noun} ${second.after}|as well as ${noun} ${second.after}}`,
  }[operator];
  const lead =
    operator === 'union'
      ? `{Show|List} the ${pluralWord(words)} of`
      : `{Which|What|Show the} ${pluralWord(words)} {have both|have|shared by|of}`;
  const both = operator === 'except' ? lead.replace('have both|', '') : lead;
  const question = context.say(`${both} ${noun} ${first.after} ${link}{?|.}`);
  const side = (filter: Filter) => context.core([relation], { items, where: filter.predicates });
  return { question, sketch: { core: side(first), set: { operator, right: side(second) } } };
};

/** Templates with how often each is drawn. */
export const singleTableTemplates: [Template, number][] = [
  [countRows, 10],
  [listColumns, 16],
  [aggregateColumn, 9],
  [dateAggregate, 2],
  [distinctValues, 5],
  [groupCount, 9],
  [groupAggregate, 8],
  [superlative, 11],
  [groupSuperlative, 5],
  [aboveAverage, 4],
  [groupByDate, 4],
  [setOperation, 2],
];
