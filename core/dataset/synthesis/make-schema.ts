import type { Column, DatabaseSchema, ForeignKey, Table } from '../../contract/index.ts';
import type { ValueSample } from '../../schema/find-hints.ts';
import { viewSchema, type SchemaView } from '../../sql/sketch/schema-view.ts';
import { attributePool, entityPool, type Attribute, type Entity } from './lexicon.ts';
import type { Random } from './random.ts';
import type { createValuePools } from './value-pools.ts';

/** A generated column that questions can speak of. */
export interface Field {
  column: string;
  attribute: Attribute;
  /** What questions call it. */
  phrases: string[];
  /** Text values that the column holds. */
  values: string[];
}

export interface Link {
  /** The table that is referenced. */
  parent: Relation;
  column: string;
}

export interface Relation {
  entity: Entity;
  table: string;
  key: string;
  fields: Field[];
  links: Link[];
}

export interface GeneratedSchema {
  schema: DatabaseSchema;
  view: SchemaView;
  relations: Relation[];
  samples: ValueSample[];
}

interface NamingStyle {
  plural: boolean;
  /** Primary keys are `id`, else `customer_id`. */
  plainKey: boolean;
  /** Columns carry their table's name: `customer_name`. */
  prefixColumns: boolean;
  abbreviate: boolean;
  join: '_' | '';
}

const abbreviations = new Map([
  ['number', 'num'],
  ['quantity', 'qty'],
  ['amount', 'amt'],
  ['department', 'dept'],
  ['description', 'desc'],
  ['average', 'avg'],
  ['address', 'addr'],
  ['customer', 'cust'],
  ['employee', 'emp'],
  ['product', 'prod'],
  ['category', 'cat'],
  ['organization', 'org'],
]);

function chooseStyle(random: Random): NamingStyle {
  return {
    plural: random.chance(0.65),
    plainKey: random.chance(0.55),
    prefixColumns: random.chance(0.12),
    abbreviate: random.chance(0.1),
    join: random.chance(0.95) ? '_' : '',
  };
}

function nameOf(style: NamingStyle, words: string): string {
  const parts = words.toLowerCase().split(/\s+/);
  return parts.map((part) => (style.abbreviate ? (abbreviations.get(part) ?? part) : part)).join(style.join);
}

const roleLimits = {
  name: 1,
  category: 3,
  place: 3,
  measure: 3,
  count: 3,
  date: 2,
  flag: 1,
  text: 2,
} as const;

function chooseAttributes(random: Random, entity: Entity): Attribute[] {
  const fitting = attributePool.filter((attribute) => attribute.classes.includes(entity.class));
  const names = fitting.filter((attribute) => attribute.role === 'name');
  const named = entity.class !== 'event' && names.length > 0 && random.chance(0.95);
  const others = random.sample(
    fitting.filter((attribute) => attribute.role !== 'name'),
    2 + random.below(6),
  );
  const counts = new Map<string, number>();
  const kept = others.filter((attribute) => {
    const count = (counts.get(attribute.role) ?? 0) + 1;
    counts.set(attribute.role, count);
    return count <= roleLimits[attribute.role];
  });
  return named ? [random.pick(names), ...kept] : kept;
}

function personNames(random: Random, style: NamingStyle, attribute: Attribute): Field[] | undefined {
  if (attribute.values !== 'person' || !random.chance(0.3)) return undefined;
  const part = (words: string): Field => ({
    column: nameOf(style, words),
    attribute: { ...attribute, names: [words], phrases: [words] },
    phrases: [words],
    values: [],
  });
  return [part('first name'), part('last name')];
}

type Pools = ReturnType<typeof createValuePools>;

function makeFields(random: Random, style: NamingStyle, entity: Entity, pools: Pools): Field[] {
  const taken = new Set<string>();
  return chooseAttributes(random, entity).flatMap((attribute): Field[] => {
    const split = personNames(random, style, attribute);
    if (split) return split;
    const words = random.pick(attribute.names).replace('$entity', entity.name);
    const column = nameOf(style, style.prefixColumns ? `${entity.name} ${words}` : words);
    if (taken.has(column)) return [];
    taken.add(column);
    const count = attribute.role === 'category' || attribute.role === 'place' ? 4 + random.below(8) : 6;
    const values = attribute.values ? pools.draw(random, attribute.values, count) : [];
    const own = words.replace(/^is /, '');
    // Synonyms teach that a column may be asked for by another word; its own words come most often.
    const phrases =
      attribute.role === 'flag' ? attribute.phrases : [own, own, own, own, ...attribute.phrases];
    return [
      { column, attribute, phrases: phrases.map((text) => text.replace('$entity', entity.name)), values },
    ];
  });
}

function chooseEntities(random: Random, count: number): Entity[] {
  const chosen = random.sample(entityPool, entityPool.length);
  const unique = chosen.filter(
    (entity, index) => chosen.findIndex((other) => other.name === entity.name) === index,
  );
  // Events carry the foreign keys, so a schema of several tables has some.
  const events = unique.filter((entity) => entity.class === 'event');
  const rest = unique.filter((entity) => entity.class !== 'event');
  const eventCount = Math.max(1, Math.round(count * 0.4));
  const plain = rest.slice(0, Math.max(1, count - eventCount));
  return [...plain, ...events.slice(0, Math.min(eventCount, count - 1))];
}

function linkRelations(random: Random, style: NamingStyle, relations: Relation[]): void {
  relations.forEach((relation, index) => {
    const before = relations.slice(0, index);
    if (before.length === 0) return;
    const isEvent = relation.entity.class === 'event';
    const count = isEvent ? 1 + random.below(Math.min(3, before.length)) : random.chance(0.45) ? 1 : 0;
    for (const parent of random.sample(before, count)) {
      const column = nameOf(style, `${parent.entity.name} id`);
      if (relation.key !== column && !relation.links.some((link) => link.column === column)) {
        relation.links.push({ parent, column });
      }
    }
  });
}

function columnsOf(random: Random, relation: Relation): Column[] {
  const plain = (name: string, type: string, nullable: boolean): Column => ({ name, type, nullable });
  const fields = relation.fields.map((field) =>
    plain(field.column, random.pick(field.attribute.types), random.chance(0.4)),
  );
  const links = relation.links.map((link) => plain(link.column, 'integer', random.chance(0.3)));
  const others = random.chance(0.5) ? [...links, ...fields] : random.sample([...fields, ...links], 99);
  return [plain(relation.key, 'integer', false), ...others];
}

function tableOf(random: Random, relation: Relation): Table {
  const foreignKeys = relation.links.map((link): ForeignKey => ({
    columns: [link.column],
    targetNamespace: 'public',
    targetTable: link.parent.table,
    targetColumns: [link.parent.key],
  }));
  return {
    namespace: 'public',
    name: relation.table,
    kind: 'table',
    columns: columnsOf(random, relation),
    primaryKey: [relation.key],
    foreignKeys,
  };
}

function samplesOf(random: Random, relations: Relation[]): ValueSample[] {
  return relations.flatMap((relation) =>
    relation.fields.flatMap((field): ValueSample[] => {
      const isClosed = field.attribute.role === 'category' || field.attribute.role === 'place';
      // Long free text is rarely among a column's common values; closed vocabularies nearly always are.
      if (field.values.length === 0 || !random.chance(isClosed ? 0.93 : 0.35)) return [];
      return [{ table: relation.table, column: field.column, values: field.values }];
    }),
  );
}

/** A schema of one to seven tables with the words that questions use for it. */
export function makeSchema(random: Random, pools: Pools): GeneratedSchema {
  const style = chooseStyle(random);
  const count = random.pick([1, 2, 3, 3, 4, 4, 5, 5, 6, 7]);
  const relations = chooseEntities(random, count).map((entity): Relation => {
    const table = nameOf(style, style.plural ? entity.plural : entity.name);
    const key = style.plainKey ? 'id' : nameOf(style, `${entity.name} id`);
    return { entity, table, key, fields: makeFields(random, style, entity, pools), links: [] };
  });
  linkRelations(random, style, relations);
  const schema: DatabaseSchema = {
    database: 'generated',
    serverVersion: '18',
    searchPath: ['public'],
    tables: random.sample(
      relations.map((relation) => tableOf(random, relation)),
      99,
    ),
  };
  return { schema, view: viewSchema(schema), relations, samples: samplesOf(random, relations) };
}
