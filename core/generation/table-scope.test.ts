import { describe, expect, it } from 'vitest';
import {
  buildPointerPrompt,
  findLeftOutTable,
  includedWords,
  narrowHints,
  narrowSchema,
} from '../schema/index.ts';
import { rankOnce } from '../schema/linking/index.ts';
import { createSketchConstraint, viewSchema } from '../sql/sketch/index.ts';
import { describeLinking } from './describe-linking.ts';
import { refuseLeftOut } from './refuse-left-out.ts';
import { buildSqlGrammar } from './sql-grammar.ts';
import { describeSchema, shopSchema } from './testing/shop-schema.ts';

const exclude = ['public.customers'];

describe('tables left out', () => {
  it('are neither in the schema nor behind a key', () => {
    const { tables } = narrowSchema(shopSchema, { exclude });
    expect(tables.map(({ name }) => name)).toEqual(['products', 'orders', 'order_items', 'reviews']);
    const targets = tables.flatMap(({ foreignKeys }) => foreignKeys.map(({ targetTable }) => targetTable));
    expect(targets).toEqual(['orders', 'products', 'products']);
  });

  it('make the same schema as long as they stay the same', () => {
    const first = narrowSchema(shopSchema, { exclude });
    expect(narrowSchema(shopSchema, { exclude: [...exclude] })).toBe(first);
    expect(narrowSchema(shopSchema, { exclude: ['public.orders'] })).not.toBe(first);
  });

  it('cannot be named under either constraint', () => {
    const schema = narrowSchema(shopSchema, { exclude });
    expect(buildSqlGrammar(shopSchema)).toContain('"customers"');
    expect(buildSqlGrammar(schema)).not.toContain('"customers"');
    const view = viewSchema(schema);
    const prompt = buildPointerPrompt({ view, question: 'How many customers are there?', hints: [] });
    const constraint = createSketchConstraint(prompt.view, prompt.literals);
    const from = constraint.advance(constraint.start(), 'from');
    expect(constraint.allowed(from).words).toHaveLength(4);
    expect(prompt.text).not.toContain('Ta customers');
  });

  it('are found in a statement, through the search path and in sub-queries', async () => {
    const find = (sql: string) => findLeftOutTable(shopSchema, { exclude }, sql);
    expect(await find('SELECT 1 FROM orders WHERE customer_id IN (SELECT id FROM customers)')).toBe(
      'public.customers',
    );
    expect(await find('SELECT 1 FROM public.customers')).toBe('public.customers');
    expect(await find('SELECT 1 FROM archive.customers')).toBeUndefined();
    expect(await find('SELECT customers.total FROM orders AS customers')).toBeUndefined();
  });

  it('refuse a valid statement that reads them, and leave others', async () => {
    const valid = { sql: 'SELECT name FROM customers', outcome: 'not-run' as const, logProb: -1 };
    expect(await refuseLeftOut(valid, shopSchema, { exclude })).toMatchObject({
      outcome: 'refused',
      message: expect.stringContaining('public.customers'),
    });
    expect(await refuseLeftOut(valid, shopSchema)).toBe(valid);
  });

  it('may not be all of them', () => {
    const all = shopSchema.tables.map(({ name }) => name);
    expect(() => narrowSchema(shopSchema, { exclude: all })).toThrow('Every table');
  });

  it('take their values with them', () => {
    const hints = [
      { table: 'customers', column: 'city', value: 'Oslo' },
      { table: 'products', column: 'category', value: 'Toys' },
    ];
    const schema = narrowSchema(shopSchema, { exclude });
    expect(narrowHints(shopSchema, schema, hints)).toEqual([hints[1]]);
  });
});

describe('tables taken in', () => {
  const wide = describeSchema(
    Array.from({ length: 60 }, (_, at) => `t${at}: id integer, a${at} text, b${at} text, c${at} text`).join(
      '|',
    ),
  );

  it('are in a prompt that has no room for all', () => {
    const view = viewSchema(wide);
    const question = 'How many a7 are there?';
    const named = (needed: string[]) =>
      buildPointerPrompt({ view, question, hints: [], needed }).view.tables.map(({ table }) => table.name);
    const plain = named([]);
    expect(plain).not.toContain('t59');
    expect(named(includedWords(wide, { include: ['public.t59'] }))).toContain('t59');
  });
});

it('a question is ranked once on a schema', () => {
  const view = viewSchema(shopSchema);
  const words = ['customers', 'oslo'];
  const hints = [{ table: 'customers', column: 'city', value: 'Oslo' }];
  const first = rankOnce(view, words, hints);
  expect(rankOnce(view, [...words], hints)).toBe(first);
  expect(rankOnce(view, words, [])).not.toBe(first);
  expect(rankOnce(view, ['orders'], []).tables[0]?.table.word).toBe('orders');
});

it('linking tells rank, columns and values by the names that the database has', () => {
  const hints = [{ table: 'customers', column: 'city', value: 'Oslo' }];
  const { tables, values } = describeLinking(
    shopSchema,
    'Which customers live in Oslo?',
    hints,
    shopSchema.tables,
  );
  expect(tables[0]).toMatchObject({ name: 'customers', isInPrompt: true });
  expect(tables[0]?.score).toBeGreaterThan(tables.at(-1)?.score ?? 0);
  expect(tables[0]?.columns[0]?.name).toBe('city');
  expect(tables).toHaveLength(5);
  expect(values).toEqual([{ ...hints[0], isExact: true }]);
});
