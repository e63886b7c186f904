import type { ValueSample } from '../../schema/find-hints.ts';
import type { SchemaView } from '../../sql/sketch/schema-view.ts';
import type { Literal } from '../../sql/sketch/sketch.ts';
import { chooseLiterals } from './choose-literals.ts';
import { fitTemplate, prepareGround, type Fit, type Ground } from './fit-template.ts';
import { coresOf, mapSketch } from './map-sketch.ts';
import { pluralOf, sayColumn, sayTable, singularOf } from './natural-names.ts';
import type { Pair } from './pair-context.ts';
import type { Random } from './random.ts';
import { bareWords } from './vary-names.ts';
import type { NumberForm, Part, Template } from './template.ts';

/** Templates with what their instances need: the schemas they come from, and other words for names. */
export interface TemplateStock {
  templates: readonly Template[];
  views: ReadonlyMap<string, SchemaView>;
  /** A name's words → what else people call it. */
  synonyms: ReadonlyMap<string, readonly string[]>;
  /** The templates by the shape of their sketches, for drawing. */
  shapes: readonly (readonly Template[])[];
}

function shapeOf(template: Template): string {
  const cores = coresOf(template.sketch).map((core) =>
    [
      core.from.length,
      core.items.length,
      core.where.length,
      core.group.length > 0 ? 'g' : '',
      core.having.length > 0 ? 'h' : '',
      core.order.length > 0 ? 'o' : '',
      core.limit === undefined ? '' : 'l',
    ].join(''),
  );
  return [template.sketch.set?.operator ?? '', ...cores].join('/');
}

export function stockTemplates(
  templates: readonly Template[],
  views: ReadonlyMap<string, SchemaView>,
  synonyms: ReadonlyMap<string, readonly string[]>,
): TemplateStock {
  return { templates, views, synonyms, shapes: [...Map.groupBy(templates, shapeOf).values()] };
}

/** Simple shapes fit every schema and would crowd out the rest, so half of the draws give each shape its turn. */
function drawTemplate(random: Random, stock: TemplateStock): Template {
  return random.pick(random.chance(0.6) ? stock.templates : random.pick(stock.shapes));
}

const smallNumbers = 'zero one two three four five six seven eight nine ten'.split(' ');

/** How often a name gives way to another word for it. */
const synonymShare = 0.2;

function inForm(text: string, form: NumberForm): string {
  if (form === 'plural') return pluralOf(text);
  return form === 'singular' ? singularOf(text) : text;
}

/** A name, or one word of it, by another word that people have used for it. */
function withSynonym(random: Random, stock: TemplateStock, text: string): string {
  if (!random.chance(synonymShare)) return text;
  const whole = stock.synonyms.get(singularOf(text));
  if (whole) return random.pick(whole);
  const words = text.split(' ');
  const index = random.below(words.length);
  const word = words[index] ?? '';
  const known = bareWords.has(word) ? undefined : stock.synonyms.get(singularOf(word));
  return known ? words.with(index, random.pick(known)).join(' ') : text;
}

function sayPart(
  random: Random,
  stock: TemplateStock,
  fit: Fit,
  literals: readonly string[],
  part: Part,
  spoken: ReadonlyMap<string, string>,
): string {
  if (typeof part === 'string') return part;
  if (part.slot === 'literal') {
    const value = literals[part.literal] ?? '';
    return part.asWord ? (smallNumbers[Number(value)] ?? value) : value;
  }
  if (part.slot === 'table') {
    const table = fit.tables.get(part.table)?.table.name ?? part.table;
    const name = sayTable(spoken.get(table) ?? table);
    return inForm(withSynonym(random, stock, name), part.form) + part.ending;
  }
  const target = fit.columns.get(part.column);
  if (!target) return part.column;
  const { name: table } = target.table.table;
  const { name: column } = target.column.column;
  const name = sayColumn(
    spoken.get(`${table}.${column}`) ?? column,
    spoken.get(table) ?? table,
    random.chance(0.25),
  );
  return inForm(withSynonym(random, stock, name), part.form) + part.ending;
}

/** Words to a sentence: punctuation closed up, quotes paired, `a` before vowels mended; values stay as they are. */
function joinQuestion(parts: readonly string[], isValue: (index: number) => boolean): string {
  let open = false;
  const quoted = parts.map((part, index) => {
    if (isValue(index)) return `\u{E000}${index}\u{E001}`;
    if (part !== '"') return part;
    open = !open;
    return open ? '«' : '»';
  });
  const text = quoted
    .join(' ')
    .replaceAll(/ ([?.,;:!)])/g, '$1')
    .replaceAll('« ', '"')
    .replaceAll(' »', '"')
    .replaceAll(/\b([Aa])n? (?=(\p{L}))/gu, (_, article: string, next: string) =>
      /[aeio]/i.test(next) ? `${article}n ` : `${article} `,
    )
    .replaceAll(/\u{E000}(\d+)\u{E001}/gu, (_, index: string) => parts[Number(index)] ?? '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function fillTemplate(
  random: Random,
  stock: TemplateStock,
  ground: Ground,
  template: Template,
): Pair | undefined {
  const source = stock.views.get(template.source);
  const fit = source && fitTemplate(random, ground, template, source);
  const literals = fit && chooseLiterals(random, ground, template, fit);
  if (!literals) return undefined;
  let next = 0;
  const sketch = mapSketch(template.sketch, {
    table: (word) => fit.tables.get(word)?.word ?? word,
    column(ref) {
      const target = fit.columns.get(`${ref.table}.${ref.column}`);
      return target ? { kind: 'column', table: target.table.word, column: target.column.word } : ref;
    },
    literal(literal): Literal {
      const value = literals[next++] ?? String(literal.value);
      return literal.kind === 'boolean' ? literal : { kind: literal.kind, value };
    },
  });
  const { parts } = template;
  const question = joinQuestion(
    parts.map((part) => sayPart(random, stock, fit, literals, part, ground.spoken)),
    (index) => typeof parts[index] === 'object' && parts[index].slot === 'literal',
  );
  return { question, sketch };
}

/**
 * Up to `count` different questions on a schema in the words of people who asked them of another: each template is
 * tried at most once, and dropped where the schema has no tables, keys, columns or values of its kind. `spoken` says
 * what to call renamed tables and columns, see varyNames.
 */
export function makeTemplatePairs(
  random: Random,
  stock: TemplateStock,
  view: SchemaView,
  samples: readonly ValueSample[],
  count: number,
  spoken: ReadonlyMap<string, string> = new Map(),
): Pair[] {
  const ground = prepareGround(view, samples, spoken);
  const pairs = new Map<string, Pair>();
  const tried = new Set<Template>();
  const attempts = stock.templates.length === 0 ? 0 : count * 60;
  for (let attempt = 0; attempt < attempts && pairs.size < count; attempt++) {
    const template = drawTemplate(random, stock);
    if (tried.has(template) || stock.views.get(template.source) === view) continue;
    tried.add(template);
    const pair = fillTemplate(random, stock, ground, template);
    if (pair) pairs.set(pair.question.toLowerCase(), pair);
  }
  return [...pairs.values()];
}
