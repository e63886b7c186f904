import { expect, test } from 'vitest';
import type { DatabaseSchema, ForeignKey } from '../../contract/index.ts';
import { parseStatements } from '../../sql/index.ts';
import { expandParsedSketch, viewSchema, writeSketch } from '../../sql/sketch/index.ts';
import { makeTemplatePairs, stockTemplates } from './fill-template.ts';
import { createTemplateStock } from './template-stock.ts';
import { NoTemplateError } from './describe-sketch.ts';
import { mineTemplate } from './mine-templates.ts';
import { mineSynonyms } from './name-synonyms.ts';
import { createRandom } from './random.ts';
import { renameSketch, varyNames } from './vary-names.ts';
import { sketchFromSql } from '../sketch-from-sql.ts';

function table(name: string, columns: string, keys: ForeignKey[] = []) {
  const list = columns.split(',').map((item) => {
    const [column = '', type = 'text'] = item.trim().split(':');
    return { name: column, type, nullable: false };
  });
  return {
    namespace: 'public',
    name,
    kind: 'table' as const,
    columns: list,
    primaryKey: [list[0]?.name ?? ''],
    foreignKeys: keys,
  };
}

const toTable = (column: string, targetTable: string, target: string): ForeignKey => ({
  columns: [column],
  targetNamespace: 'public',
  targetTable,
  targetColumns: [target],
});

const schemaOf = (...tables: DatabaseSchema['tables']): DatabaseSchema => ({
  database: 'test',
  serverVersion: '18',
  searchPath: ['public'],
  tables,
});

const concerts = schemaOf(
  table('singer', 'singer_id:integer, name, country, age:integer, net_worth:numeric'),
  table('song', 'song_id:integer, title, singer_id:integer, sales:integer', [
    toTable('singer_id', 'singer', 'singer_id'),
  ]),
);
const clinics = schemaOf(
  table('doctor', 'id:integer, full_name, city, age:integer, salary:numeric'),
  table('appointment', 'id:integer, doctor_id:integer, reason, fee:numeric', [
    toTable('doctor_id', 'doctor', 'id'),
  ]),
);
const source = viewSchema(concerts);
const target = viewSchema(clinics);

async function mine(question: string, sql: string) {
  return mineTemplate({
    source: 'concerts',
    view: source,
    question,
    sketch: await sketchFromSql(sql, source),
  });
}

async function carryOver(question: string, sql: string) {
  const stock = stockTemplates([await mine(question, sql)], new Map([['concerts', source]]), new Map());
  const samples = [{ table: 'doctor', column: 'city', values: ['Oslo', 'Lima'] }];
  return makeTemplatePairs(createRandom(3), stock, target, samples, 1)[0];
}

test('a question moves to another schema with its tables, columns, values and numbers', async () => {
  const pair = await carryOver(
    'What are the names of the singers from France who are older than 30?',
    "SELECT name FROM singer WHERE country = 'France' AND age > 30",
  );
  expect(pair?.question).toMatch(
    /^What are the \w+ ?\w* of the doctors from (Oslo|Lima) who are older than \d+\?$/,
  );
  expect(writeSketch(pair?.sketch ?? (await Promise.reject(new Error('no pair')))).join(' ')).toMatch(
    /^from doctor select \w+ where city = ' (Oslo|Lima) ' and age > \d+$/,
  );
});

test('keys go where the other schema has them', async () => {
  const pair = await carryOver(
    'Which singers have at least 2 songs? Show their names.',
    'SELECT singer.name FROM song JOIN singer ON song.singer_id = singer.singer_id GROUP BY singer.singer_id HAVING count(*) >= 2',
  );
  expect(pair?.question).toMatch(
    /^Which doctors have at least \d+ appointments\? Show their (full )?names\.$/,
  );
  const sql = pair ? expandParsedSketch(pair.sketch, target) : '';
  expect(sql).toMatch(/HAVING count\(\*\) >= \d+/);
  expect(await parseStatements(sql)).toHaveLength(1);
});

test('what a question leaves unsaid gives no template', async () => {
  await expect(mine('Show all singers.', "SELECT name FROM singer WHERE country = 'France'")).rejects.toThrow(
    new NoTemplateError('value not in the question'),
  );
  await expect(mine('How rich are the singers?', 'SELECT net_worth FROM singer')).rejects.toThrow(
    new NoTemplateError('column not in the question'),
  );
});

test('an adjective of one kind of column stays with that kind', async () => {
  const pair = await carryOver(
    'Who is the oldest singer?',
    'SELECT name FROM singer ORDER BY age DESC LIMIT 1',
  );
  expect(pair?.question).toBe('Who is the oldest doctor?');
  expect(writeSketch(pair!.sketch).join(' ')).toBe('from doctor select full_name order age desc limit 1');
});

test('words of one subject are no template', async () => {
  const database = { schema: concerts, samples: [] };
  const { stock, refused } = await createTemplateStock(
    [
      {
        dbId: 'concerts',
        questions: ['Who sang 3 songs?'],
        sql: 'SELECT singer.name FROM song JOIN singer ON song.singer_id = singer.singer_id GROUP BY singer.singer_id HAVING count(*) = 3',
      },
    ],
    new Map([['concerts', database]]),
  );
  expect(stock.templates).toHaveLength(0);
  expect(refused.get('words of one subject')).toBe(1);
});

test('rewordings on more than one database give synonyms of names', () => {
  const question = 'Show the salary and rank of all staff';
  const on = (source: string, reworded: string) => ({ source, question, reworded });
  const rewordings = [
    on('bank', 'Show the pay and rank of all staff'),
    on('shop', 'Show the pay and rank of all staff'),
    on('army', 'Show the salary and job title of all staff'),
  ];
  expect(mineSynonyms(rewordings, ['salary', 'rank'])).toEqual(new Map([['salary', ['pay']]]));
});

test('a schema under other names keeps its keys, and a sketch follows it', async () => {
  const sketch = await sketchFromSql(
    "SELECT singer.name FROM song JOIN singer ON song.singer_id = singer.singer_id WHERE singer.country = 'France'",
    source,
  );
  const synonyms = new Map([['country', ['nation']]]);
  const samples = [{ table: 'singer', column: 'country', values: ['France'] }];
  for (let seed = 1; seed <= 30; seed++) {
    const named = varyNames(createRandom(seed), concerts, samples, synonyms);
    const view = viewSchema(named.schema);
    const sql = expandParsedSketch(renameSketch(sketch, source, view, named.renamed), view);
    expect(view.edges).toHaveLength(1);
    expect(sql).toMatch(/JOIN/);
    expect(sql).not.toMatch(/CROSS/);
    const [sample] = named.samples;
    const table = named.schema.tables.find((item) => item.name === sample?.table);
    expect(table?.columns.map((column) => column.name)).toContain(sample?.column);
  }
});
