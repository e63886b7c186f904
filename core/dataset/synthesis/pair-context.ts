import type { ColumnRef, Core, Operand, Sketch, Aggregate, AggregateName } from '../../sql/sketch/sketch.ts';
import { emptyCore } from '../../sql/sketch/sketch.ts';
import type { AttributeRole } from './lexicon.ts';
import type { Field, GeneratedSchema, Relation } from './make-schema.ts';
import { phrase, type Random } from './random.ts';

/** A question and its sketch; the schema they belong to is the caller's. */
export interface Pair {
  question: string;
  sketch: Sketch;
}

/** What every template needs: choices, words and columns of one generated schema. */
export class PairContext {
  readonly random: Random;
  readonly generated: GeneratedSchema;

  constructor(random: Random, generated: GeneratedSchema) {
    this.random = random;
    this.generated = generated;
  }

  say(pattern: string): string {
    return phrase(this.random, pattern);
  }

  tableWord(relation: Relation): string {
    const view = this.generated.view.tables.find((table) => table.table.name === relation.table);
    if (!view) throw new RangeError(`No table ${relation.table}.`);
    return view.word;
  }

  ref(relation: Relation, column: string): ColumnRef {
    const table = this.tableWord(relation);
    const view = this.generated.view.tableByWord
      .get(table)
      ?.columns.find((item) => item.column.name === column);
    if (!view) throw new RangeError(`No column ${relation.table}.${column}.`);
    return { kind: 'column', table, column: view.word };
  }

  core(from: Relation[], parts: Partial<Core>): Core {
    return { ...emptyCore(), from: from.map((relation) => this.tableWord(relation)), ...parts };
  }

  fieldsOf(relation: Relation, ...roles: AttributeRole[]): Field[] {
    return relation.fields.filter((field) => roles.includes(field.attribute.role));
  }

  fieldOf(relation: Relation, ...roles: AttributeRole[]): Field | undefined {
    const fields = this.fieldsOf(relation, ...roles);
    return fields.length > 0 ? this.random.pick(fields) : undefined;
  }

  phraseOf(field: Field): string {
    return this.random.pick(field.phrases);
  }

  nameFields(relation: Relation): Field[] {
    return this.fieldsOf(relation, 'name');
  }

  /** The columns that say which row it is, and how a question asks for them: `name`, `first and last name`, `id`. */
  display(relation: Relation): { items: ColumnRef[]; words: string; isName: boolean } {
    const names = this.nameFields(relation);
    if (names.length === 0) return { items: [this.ref(relation, relation.key)], words: 'id', isName: false };
    const items = names.map((field) => this.ref(relation, field.column));
    const words =
      names.length > 1 ? this.say('{first and last name|first name and last name|full name|name}') : 'name';
    return { items, words: names.length === 1 && names[0] ? this.phraseOf(names[0]) : words, isName: true };
  }

  /** Relations that some other relation references, with the child and its link. */
  families(): { parent: Relation; child: Relation; column: string }[] {
    return this.generated.relations.flatMap((child) =>
      child.links.map((link) => ({ parent: link.parent, child, column: link.column })),
    );
  }
}

export const star: Aggregate['argument'] = { kind: 'star' };

export function aggregate(name: AggregateName, argument: Aggregate['argument'], distinct = false): Aggregate {
  return { kind: 'aggregate', name, distinct, argument };
}

export const countAll: Operand = aggregate('count', star);

/** How aggregates are asked for. `count` has its own sentences. */
export const aggregateWords: Record<Exclude<AggregateName, 'count'>, string> = {
  sum: '{total|total|sum of the|combined|overall}',
  avg: '{average|average|mean|avg}',
  min: '{minimum|lowest|smallest|min}',
  max: '{maximum|highest|largest|max|greatest}',
};

export function pluralWord(text: string): string {
  if (/[^aeiou]y$/.test(text)) return `${text.slice(0, -1)}ies`;
  return /(s|x|ch|sh)$/.test(text) ? text : `${text}s`;
}

export function listWords(words: readonly string[]): string {
  if (words.length <= 1) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
