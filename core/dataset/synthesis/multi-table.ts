/** Questions that join tables along foreign keys. */
import type { Core, Operand, Predicate } from '../../sql/sketch/sketch.ts';
import { describe, makeFilter, type Filter } from './make-filter.ts';
import type { Relation } from './make-schema.ts';
import {
  aggregate,
  aggregateWords,
  countAll,
  listWords,
  pluralWord,
  type Pair,
  type PairContext,
} from './pair-context.ts';
import type { Template } from './single-table.ts';

const pair = (question: string, core: Core): Pair => ({ question, sketch: { core } });

interface Family {
  parent: Relation;
  child: Relation;
  column: string;
}

function chooseFamily(context: PairContext): Family | undefined {
  const families = context.families();
  return families.length > 0 ? context.random.pick(families) : undefined;
}

/** `have placed`, or `have`: how a parent has children. */
function having(family: Family): string {
  const verb = family.child.entity.verb;
  if (!verb || family.parent.entity.class !== 'person') return '{have|have|are linked to}';
  return verb === 'have' ? 'have' : `{have|${verb}|have ${verb}}`;
}

function hasOne(family: Family): string {
  const verb = family.child.entity.verb;
  return verb && verb !== 'have' && family.parent.entity.class === 'person'
    ? `{has|${verb}|has ${verb}}`
    : 'has';
}

const countChildren: Template = (context) => {
  const family = chooseFamily(context);
  if (!family) return undefined;
  const { parent, child } = family;
  const display = context.display(parent);
  const children = child.entity.plural;
  const one = parent.entity.name;
  const filter = context.random.chance(0.15) ? makeFilter(context, child) : undefined;
  const noun = describe(context, child, filter);
  const group = [context.ref(parent, parent.key)];
  const base = { items: [...display.items, countAll], group, where: filter?.predicates ?? [] };
  const roll = context.random.next();
  if (roll < 0.45) {
    const ordered = context.random.chance(0.25);
    const tail = ordered
      ? '{, from most to least|, in descending order|, sorted by the number of ' +
        children +
        ' in descending order}'
      : '';
    const question = context.say(
      `{How many ${noun} does each ${one} have|Show the ${display.words} of each ${one} and the number of ${noun}|For each ${one}, {show|list|give} the ${display.words} and the number of ${noun}|List the ${display.words} of {each|every} ${one} with {the|their} number of ${noun}|What is the number of ${noun} {per|for each|by} ${one}|Count the ${noun} {for each|per|by} ${one}|How many ${noun} are there {for each|per|by} ${one}|Show the ${display.words} of ${parent.entity.plural} and how many ${noun} {they have|each has}}${tail}{.|?}`,
    );
    return pair(
      question,
      context.core([parent, child], {
        ...base,
        order: ordered ? [{ operand: countAll, descending: true }] : [],
      }),
    );
  }
  if (roll < 0.7) return topByChildren(context, family, base, noun);
  return havingChildren(context, family, base, noun);
};

type GroupBase = { items: Operand[]; group: Operand[]; where: Predicate[] };

function topByChildren(context: PairContext, family: Family, base: GroupBase, noun: string): Pair {
  const { parent, child } = family;
  const display = context.display(parent);
  const descending = context.random.chance(0.85);
  const extreme = descending
    ? '{the most|the largest number of|the highest number of}'
    : '{the fewest|the least|the smallest number of}';
  const count = context.random.chance(0.55) ? 1 : 2 + context.random.below(9);
  const withCount = context.random.chance(0.4);
  const extra = withCount
    ? ` and {how many|the number of ${child.entity.plural}|how many ${child.entity.plural}}`
    : '';
  const plural = parent.entity.plural;
  const question = context.say(
    count === 1
      ? `{Which ${parent.entity.name} ${hasOne(family)} ${extreme} ${noun}|What is the ${display.words}${extra} of the ${parent.entity.name} with ${extreme} ${noun}|Find the ${display.words}${extra} of the ${parent.entity.name} {with|that has|who has} ${extreme} ${noun}|Show the ${display.words}${extra} of the ${parent.entity.name} with ${extreme} ${noun}}{?|.}`
      : `{Which ${count} ${plural} ${having(family)} ${extreme} ${noun}|Show the ${pluralWord(display.words)}${extra} of the {top |}${count} ${plural} with ${extreme} ${noun}|List the top ${count} ${plural} by {number of|count of} ${noun}|Who are the top ${count} ${plural} by number of ${noun}|Find the ${display.words}${extra} of the ${count} ${plural} {with|that have} ${extreme} ${noun}}{?|.}`,
  );
  const show = withCount && !question.startsWith('Which') && !/ by (number|count) of/.test(question);
  const tail =
    /^Which|by (number|count) of/.test(question) && withCount
      ? `${question.slice(0, -1)}? ${context.say('{Show|Give} their {name|names} and the number of $c.').replace('$c', child.entity.plural)}`
      : question;
  const asked = display.isName && display.words === 'name' ? tail : question;
  return pair(
    asked,
    context.core([parent, child], {
      ...base,
      items: show || asked !== question ? base.items : display.items,
      order: [{ operand: countAll, descending: descending || / by (number|count) of/.test(question) }],
      limit: String(count),
    }),
  );
}

function havingChildren(context: PairContext, family: Family, base: GroupBase, noun: string): Pair {
  const { parent } = family;
  const display = context.display(parent);
  const count = 1 + context.random.below(9);
  const [operator, words] = context.random.pick([
    ['>', '{more than|over}'],
    ['>', 'more than'],
    ['>=', 'at least'],
    ['<', '{fewer than|less than}'],
    ['=', 'exactly'],
  ] as const);
  const withCount = context.random.chance(0.3);
  const who = parent.entity.class === 'person' ? 'who' : 'that';
  const said = withCount ? `${display.words} and number of ${noun}` : pluralWord(display.words);
  const condition = `{${who} ${having(family)}|with|${who} have} ${words} ${count} ${noun}`;
  const question = context.say(
    `{${display.isName && !withCount ? `Which ${parent.entity.plural} ${having(family)} ${words} ${count} ${noun}` : `Show the ${said} of ${parent.entity.plural} ${condition}`}|List the ${said} of ${parent.entity.plural} ${condition}|Find the ${said} of {all |}${parent.entity.plural} ${condition}|What are the ${said} of ${parent.entity.plural} ${condition}}{?|.}`,
  );
  return pair(
    question,
    context.core([parent, family.child], {
      ...base,
      items: withCount ? base.items : display.items,
      having: [
        { left: countAll, operator, literals: [{ kind: 'number', value: String(count) }], connector: 'and' },
      ],
    }),
  );
}

const sumChildren: Template = (context) => {
  const family = chooseFamily(context);
  const measure = family && context.fieldOf(family.child, 'measure', 'count');
  if (!family || !measure) return undefined;
  const { parent, child } = family;
  const byField = context.random.chance(0.4) ? context.fieldOf(parent, 'category', 'place') : undefined;
  const display = context.display(parent);
  const keys: Operand[] = byField ? [context.ref(parent, byField.column)] : display.items;
  const by = byField ? `${parent.entity.name} ${context.phraseOf(byField)}` : parent.entity.name;
  const name = context.random.pick<'sum' | 'sum' | 'avg' | 'max'>(['sum', 'sum', 'avg', 'max']);
  const item = sumOperand(context, child, name) ?? aggregate(name, context.ref(child, measure.column));
  const isProduct = item.argument.kind === 'arithmetic';
  const what = isProduct
    ? context.say(`{total revenue|total value|total sales}`)
    : `${context.say(aggregateWords[name])} ${context.phraseOf(measure)}`;
  const of = context.say(
    `{of ${child.entity.plural}|of {all |}${child.entity.plural}|of their ${child.entity.plural}|}`,
  );
  const group: Operand[] = byField ? keys : [context.ref(parent, parent.key)];
  const filter = context.random.chance(0.15) ? makeFilter(context, child) : undefined;
  const where = filter?.predicates ?? [];
  const condition = filter ? ` for ${child.entity.plural} ${filter.after}` : '';
  if (context.random.chance(0.55)) {
    const ordered = context.random.chance(0.25);
    const tail = ordered ? ', {from highest to lowest|in descending order|highest first}' : '';
    const label = byField ? context.phraseOf(byField) : display.words;
    const question = context.say(
      `{What is the ${what} ${of} {for each|per|by} ${by}|Show the ${what} ${of} {for each|per|by} ${by}|Show the ${label} of each ${parent.entity.name} and the ${what} ${of}|For each ${by}, {what is|show} the ${what} ${of}|List each ${by} {and|with} the ${what} ${of}|${what} ${of} {per|by} ${by}}${condition}${tail}{?|.}`,
    );
    return pair(
      question,
      context.core([parent, child], {
        items: [...keys, item],
        where,
        group,
        order: ordered ? [{ operand: item, descending: true }] : [],
      }),
    );
  }
  const descending = context.random.chance(0.8);
  const count = context.random.chance(0.6) ? 1 : 2 + context.random.below(9);
  const extreme = descending ? '{highest|largest|greatest}' : '{lowest|smallest}';
  const withValue = context.random.chance(0.35);
  const label = byField ? context.phraseOf(byField) : display.words;
  const said = withValue ? `${label} and ${what}` : count === 1 ? label : pluralWord(label);
  const noun =
    count === 1 ? by : byField ? `${parent.entity.name} ${pluralWord(label)}` : parent.entity.plural;
  const lead =
    withValue || (!byField && !display.isName)
      ? `{Show|Find|List} the ${said} of the`
      : count === 1
        ? `{Which|What} ${noun} has the|Find the ${noun} with the`
        : `Which ${count} ${noun} have the`;
  const question = context.say(
    lead.startsWith('{Show')
      ? `${lead} ${count === 1 ? parent.entity.name : `{top |}${count} ${parent.entity.plural}`} with the ${extreme} ${what} ${of}${condition}.`
      : `{${lead}} ${extreme} ${what} ${of}${condition}{?|.}`,
  );
  return pair(
    question,
    context.core([parent, child], {
      items: withValue ? [...keys, item] : keys,
      where,
      group,
      order: [{ operand: item, descending }],
      limit: String(count),
    }),
  );
};

/** Quantity times price, where a relation has both. */
function sumOperand(context: PairContext, child: Relation, name: string) {
  if (name !== 'sum' || !context.random.chance(0.5)) return undefined;
  const quantity = child.fields.find((field) => field.attribute.names.includes('quantity'));
  const price = child.fields.find((field) => field.attribute.names[0] === 'unit price');
  if (!quantity || !price) return undefined;
  return aggregate('sum', {
    kind: 'arithmetic',
    left: context.ref(child, quantity.column),
    operator: '*',
    right: context.ref(child, price.column),
  });
}

function relationWords(context: PairContext, family: Family, filter: Filter): string {
  const owner = context.random.chance(0.5) ? 'of' : context.random.pick(['by', 'for', 'from', 'with']);
  return `${owner} ${describe(context, family.parent, filter)}`;
}

const childrenOfFilteredParent: Template = (context) => {
  const family = chooseFamily(context);
  const filter = family && makeFilter(context, family.parent);
  if (!family || !filter) return undefined;
  const { parent, child } = family;
  const link = relationWords(context, family, filter);
  const children = child.entity.plural;
  const roll = context.random.next();
  const where = filter.predicates;
  if (roll < 0.4) {
    const question = context.say(
      `{How many ${children} are there ${link}|How many ${children} {were made|belong|are} ${link}|Count the ${children} ${link}|What is the number of ${children} ${link}|How many ${children} do ${describe(context, parent, filter)} have|Find the number of ${children} ${link}}{?|.}`,
    );
    return pair(question, context.core([child, parent], { items: [countAll], where }));
  }
  const measure = context.fieldOf(child, 'measure', 'count');
  if (roll < 0.7 && measure) {
    const name = context.random.pick(['sum', 'avg', 'max', 'min'] as const);
    const what = `${context.say(aggregateWords[name])} ${context.phraseOf(measure)}`;
    const question = context.say(
      `{What is the ${what} of ${children} ${link}|Find the ${what} of {all |}${children} ${link}|Show the ${what} of ${children} ${link}}{?|.}`,
    );
    return pair(
      question,
      context.core([child, parent], { items: [aggregate(name, context.ref(child, measure.column))], where }),
    );
  }
  const fields = context.random.sample(child.fields, 1 + context.random.below(3));
  if (fields.length === 0) return undefined;
  const words = listWords(fields.map((field) => context.phraseOf(field)));
  const question = context.say(
    `{Show the ${words} of {all |}${children} ${link}|List the ${words} of {the |}${children} ${link}|What are the ${words} of ${children} ${link}|Find the ${words} of ${children} ${link}}{?|.}`,
  );
  return pair(
    question,
    context.core([child, parent], { items: fields.map((field) => context.ref(child, field.column)), where }),
  );
};

const parentsOfFilteredChild: Template = (context) => {
  const family = chooseFamily(context);
  const filter = family && makeFilter(context, family.child);
  if (!family || !filter) return undefined;
  const { parent, child } = family;
  const display = context.display(parent);
  const who = parent.entity.class === 'person' ? 'who' : 'that';
  const noun = describe(context, child, filter);
  const condition = `{${who} ${having(family)} {|at least one }|with {|at least one }}${noun}`;
  if (context.random.chance(0.3)) {
    const question = context.say(
      `{How many {different |distinct |}${parent.entity.plural} {${having(family)}|have} ${noun}|Count the {number of |}${parent.entity.plural} ${condition}}{?|.}`,
    );
    const key = context.ref(child, family.column);
    return pair(
      question,
      context.core([child], { items: [aggregate('count', key, true)], where: filter.predicates }),
    );
  }
  const question = context.say(
    `{${display.isName ? `Which ${parent.entity.plural} {${having(family)}|have} ${noun}` : `Show the ${display.words} of ${parent.entity.plural} ${condition}`}|List the {distinct |}${pluralWord(display.words)} of ${parent.entity.plural} ${condition}|Show the ${display.words} of ${parent.entity.plural} ${condition}|Find the ${pluralWord(display.words)} of {all |}${parent.entity.plural} ${condition}}{?|.}`,
  );
  return pair(
    question,
    context.core([parent, child], { distinct: true, items: display.items, where: filter.predicates }),
  );
};

const listWithParent: Template = (context) => {
  const family = chooseFamily(context);
  if (!family) return undefined;
  const { parent, child } = family;
  const fields = context.random.sample(child.fields, 1 + context.random.below(2));
  const display = context.display(parent);
  if (fields.length === 0 || !display.isName) return undefined;
  const filter = context.random.chance(0.5) ? makeFilter(context, child) : undefined;
  const words = listWords(fields.map((field) => context.phraseOf(field)));
  const noun = describe(context, child, filter);
  const own = context.say(
    `{the ${display.words} of {its|the|their} ${parent.entity.name}|the ${parent.entity.name} ${display.words}|its ${parent.entity.name}'s ${display.words}}`,
  );
  const sort = context.random.chance(0.3) ? context.fieldOf(child, 'measure', 'count', 'date') : undefined;
  const descending = context.random.chance(0.6);
  const limit = sort && context.random.chance(0.5) ? String(2 + context.random.below(14)) : undefined;
  const column = sort && context.phraseOf(sort);
  const tail = sort
    ? context.say(
        descending
          ? `, {sorted by ${column ?? ''} in descending order|ordered by ${column ?? ''} from highest to lowest}`
          : `, {sorted by|ordered by} ${column ?? ''}`,
      )
    : '';
  const many = limit
    ? `the ${limit} ${noun} with the ${context.say(descending ? '{highest|largest|latest}' : '{lowest|smallest|earliest}')} ${column ?? ''}`
    : `{each|all|every|the} ${noun}`;
  const question = context
    .say(
      `{Show|List|Give|Find|What are} the ${words} {and|together with|along with} ${own} {for|of} ${many}${limit ? '' : tail}{.|?}`,
    )
    .replace(/(each|every) (\S+)/, '$1 $2');
  return pair(
    question,
    context.core([child, parent], {
      items: [...fields.map((field) => context.ref(child, field.column)), ...display.items],
      where: filter?.predicates ?? [],
      order: sort ? [{ operand: context.ref(child, sort.column), descending }] : [],
      ...(limit ? { limit } : {}),
    }),
  );
};

const parentsWithout: Template = (context) => {
  const family = chooseFamily(context);
  if (!family) return undefined;
  const { parent, child } = family;
  const display = context.display(parent);
  const filter = context.random.chance(0.25) ? makeFilter(context, child) : undefined;
  const subquery = context.core([child], {
    items: [context.ref(child, family.column)],
    where: filter?.predicates ?? [],
  });
  const negative = context.random.chance(0.75);
  const verb = child.entity.verb;
  const who = parent.entity.class === 'person' ? 'who' : 'that';
  const noun = filter
    ? describe(context, child, filter)
    : context.random.chance(0.5)
      ? child.entity.plural
      : `any ${child.entity.plural}`;
  const plain = noun.replace(/^any /, '');
  const never =
    verb && verb !== 'have' && parent.entity.class === 'person'
      ? `{have never ${verb} ${noun}|have not ${verb} ${noun}|never ${verb} ${noun}|have no ${plain}}`
      : `{have no ${plain}|do not have ${noun}|have never had ${noun}|don't have ${noun}}`;
  const some = `${having(family)} {at least one ${child.entity.name}|${plain}|some ${plain}}`;
  const condition = negative ? never : filter ? `${having(family)} ${plain}` : some;
  const counted = context.random.chance(0.35);
  const question = counted
    ? context.say(
        `{How many ${parent.entity.plural} ${condition}?|Count the ${parent.entity.plural} ${who} ${condition}.|What is the number of ${parent.entity.plural} ${who} ${condition}?}`,
      )
    : context.say(
        `{${display.isName ? `Which ${parent.entity.plural} ${condition}?` : `Show the ${display.words} of ${parent.entity.plural} ${who} ${condition}.`}|List the ${pluralWord(display.words)} of {all |}${parent.entity.plural} ${who} ${condition}.|Show the ${display.words} of ${parent.entity.plural} ${who} ${condition}.|Find the ${pluralWord(display.words)} of ${parent.entity.plural} {${negative ? `without ${noun}` : `${who} ${condition}`}|${who} ${condition}}.|What are the ${pluralWord(display.words)} of ${parent.entity.plural} ${who} ${condition}?}`,
      );
  const where: Predicate[] = [
    {
      left: context.ref(parent, parent.key),
      operator: negative ? 'not-in' : 'in',
      literals: [],
      subquery,
      connector: 'and',
    },
  ];
  return pair(question, context.core([parent], { items: counted ? [countAll] : display.items, where }));
};

/** Two parents that meet in one child: products that customers from a city ordered. */
const acrossChild: Template = (context) => {
  const meeting = context.generated.relations.filter((relation) => relation.links.length > 1);
  if (meeting.length === 0) return undefined;
  const child = context.random.pick(meeting);
  const [left, right] = context.random.sample(child.links, 2);
  if (!left || !right || left.parent === right.parent) return undefined;
  const filter = makeFilter(context, right.parent);
  const display = context.display(left.parent);
  const measure = context.random.chance(0.4) ? context.fieldOf(child, 'measure', 'count') : undefined;
  const children = child.entity.plural;
  const other = right.parent;
  const keyField = context.fieldOf(left.parent, 'category', 'place');
  const roll = context.random.next();
  if (roll < 0.4 && filter) {
    const question = context.say(
      `{List the {distinct |different |}${pluralWord(display.words)} of ${left.parent.entity.plural} {that have|with} ${children} {of|by|for|from} ${describe(context, other, filter)}|Which ${left.parent.entity.plural} have ${children} {of|by|for|from|with} ${describe(context, other, filter)}|Show the ${pluralWord(display.words)} of the ${left.parent.entity.plural} {of|in|with} ${children} {by|from|of} ${describe(context, other, filter)}}{?|.}`,
    );
    return pair(
      question,
      context.core([left.parent, child, other], {
        distinct: true,
        items: display.items,
        where: filter.predicates,
      }),
    );
  }
  const key = keyField && context.random.chance(0.6) ? keyField : undefined;
  const keys: Operand[] = key ? [context.ref(left.parent, key.column)] : display.items;
  const by = key ? `${left.parent.entity.name} ${context.phraseOf(key)}` : left.parent.entity.name;
  const item = measure
    ? aggregate('sum', context.ref(child, measure.column))
    : aggregate('count', context.ref(child, right.column), true);
  const what = measure
    ? `total ${context.phraseOf(measure)}`
    : `number of {different|distinct|unique} ${other.entity.plural}`;
  const condition = filter && context.random.chance(0.5) ? filter : undefined;
  const from = condition && measure ? ` {from|of|by|for} ${describe(context, other, condition)}` : '';
  const where = from ? (condition?.predicates ?? []) : [];
  const group: Operand[] = key ? keys : [context.ref(left.parent, left.parent.key)];
  const question = context.say(
    `{What is|Show} the ${what} {of ${children}|in ${children}|with ${children}}${from} {for each|per|by} ${by}{?|.}`,
  );
  const tables = from ? [left.parent, child, other] : [left.parent, child];
  return pair(question, context.core(tables, { items: [...keys, item], where, group }));
};

/** Templates with how often each is drawn. */
export const multiTableTemplates: [Template, number][] = [
  [countChildren, 14],
  [sumChildren, 11],
  [childrenOfFilteredParent, 8],
  [parentsOfFilteredChild, 6],
  [listWithParent, 6],
  [parentsWithout, 8],
  [acrossChild, 6],
];
