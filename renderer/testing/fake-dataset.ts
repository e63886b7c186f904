import {
  AppError,
  type CoreClient,
  type DatasetDatabase,
  type Distribution,
  type ExampleDetail,
  type ExampleRow,
  type Override,
  type datasetEditingContract,
} from '../../core/contract/index.ts';
import { fakeSchema } from './fake-data.ts';

type FakeDataset = Pick<CoreClient, Extract<keyof CoreClient, `dataset.${string}`>>;

export const fakeExamples: ExampleRow[] = [
  {
    id: 'dev:0',
    source: 'dev',
    index: 0,
    dbId: 'concert_singer',
    question: 'How many singers do we have?',
    sql: 'SELECT count(*) FROM singer',
    split: 'val',
    hardness: 'easy',
    outcome: 'verified',
    equality: 'strict',
    informative: { shipped: true, generated: true },
    rows: 1,
    features: ['aggregate'],
    tables: 1,
    marks: [],
    promptTokens: 412,
    completionTokens: 9,
  },
  {
    id: 'dev:1',
    source: 'dev',
    index: 1,
    dbId: 'pets_1',
    question: 'How much does the youngest dog weigh?',
    sql: "SELECT weight FROM pets WHERE pettype = 'dog' ORDER BY pet_age LIMIT 1",
    split: 'left-out',
    hardness: 'medium',
    outcome: 'nondeterministic',
    reasonClass: 'tie',
    informative: { shipped: true, generated: false },
    rows: 1,
    features: ['where', 'order-by', 'limit'],
    tables: 1,
    marks: [],
  },
];

const fakeAnswer = { columns: ['count'], rows: [['6']], rowCount: 1 };

/** The dataset's calls over two examples. Filters but `text`, `outcome` and `split` are not minded. */
export function createFakeDataset(): FakeDataset {
  return {
    'dataset.status': async () => ({
      folder: '/home/ada/sql-codegen-studio/data',
      state: 'ready',
      stages: [{ stage: 'convert', done: true }],
      pairs: fakeExamples.length,
      bySource: { dev: 2 },
      bySplit: { val: 1, 'left-out': 1 },
      byOutcome: { verified: 1, nondeterministic: 1 },
      overrides: 0,
    }),
    'dataset.search': async ({ text = '', filters = {}, offset = 0, limit = 50, around }) => {
      const { outcome = [], split = [] } = filters;
      const found = fakeExamples
        .filter((row) => `${row.question}\n${row.sql}`.toLowerCase().includes(text.toLowerCase()))
        .filter((row) => outcome.length === 0 || outcome.includes(row.outcome))
        .filter((row) => split.length === 0 || split.includes(row.split));
      const position = found.findIndex(({ id }) => id === around);
      const place = { position, previous: found[position - 1]?.id, next: found[position + 1]?.id };
      return {
        total: found.length,
        items: found.slice(offset, offset + limit),
        facets: facetsOf(found),
        ...(position !== -1 && { around: place }),
        tookMs: 1,
      };
    },
    'dataset.example': async ({ id }) => detailOf(id),
    'dataset.statistics': async () => ({
      hardnessBySplit: { val: { easy: 1 }, 'left-out': { medium: 1 } },
      outcomeBySource: { dev: { verified: 1, nondeterministic: 1 } },
      reasons: { tie: 1 },
      features: { aggregate: 1, where: 1, 'order-by': 1, limit: 1 },
      tablesPerQuery: { 1: 2 },
      questionLength: distributionOf(28, 37),
      sqlLength: distributionOf(27, 70),
      promptTokens: distributionOf(412),
      completionTokens: distributionOf(9),
    }),
    'dataset.databases': async () =>
      fakeExamples.map(({ dbId, outcome, source, split }): DatasetDatabase => ({
        dbId,
        tables: 4,
        columns: 21,
        rows: 31,
        pairs: 1,
        byOutcome: { [outcome]: 1 },
        sources: [source],
        splits: [split],
      })),
    'dataset.schema': async ({ dbId }) => ({ dbId, postgres: fakeSchema, samples: [] }),
    'dataset.rows': async () => ({
      columns: [{ name: 'Name', type: 'TEXT' }],
      rows: [['Joe Sharp'], ['Timbaland']],
      total: 2,
    }),
    'dataset.run': async () => ({
      sqlite: { answer: fakeAnswer, durationMs: 1 },
      postgres: { answer: fakeAnswer, durationMs: 2 },
      isEqual: true,
      equality: 'strict',
    }),
    ...createFakeEditing(),
  };
}

function createFakeEditing(): Pick<CoreClient, keyof typeof datasetEditingContract> {
  let overrides: Override[] = [];
  const examples = { train: 0, val: 1, test: 0 };
  return {
    'dataset.versions': async () => [{ version: '0123456789ab', isCurrent: true, examples }],
    'dataset.diff': async ({ from, to }) => ({
      ...{ from, to, added: [], removed: [], changed: [], moved: [] },
      counts: { added: 0, removed: 0, changed: 0, moved: 0, unchanged: 1 },
    }),
    'dataset.overrides': async () => overrides,
    'dataset.saveOverride': async (draft) => {
      const { question, sql } = detailOf(draft.id);
      const proof = { rows: 1, equalsGold: true, of: '' };
      const override = { ...draft, on: '2026-05-01', ...(draft.sql !== undefined && { proof }) };
      overrides = [...overrides.filter(({ id }) => id !== draft.id), override];
      return { override, original: { question, sql } };
    },
    'dataset.removeOverride': async ({ id }) => {
      const removed = overrides.some((override) => override.id === id);
      overrides = overrides.filter((override) => override.id !== id);
      return { removed };
    },
    'dataset.check': async () => [{ stage: 'convert', state: 'done' }],
    'dataset.startBuild': async ({ stages }) => ({
      id: 'job-dataset',
      kind: 'dataset',
      title: `Dataset: ${stages?.join(', ') ?? 'all stages'}`,
      state: 'queued',
      createdAt: '2026-05-01T10:00:00.000Z',
      attempt: 1,
      canResume: false,
      keepsWork: true,
    }),
    async *'dataset.build'() {
      yield { kind: 'progress', message: 'convert: comparing hashes' };
      yield { kind: 'stage', stage: 'convert', outcome: 'nothing-to-do', seconds: 0.1 };
    },
  };
}

function facetsOf(rows: ExampleRow[]) {
  const count = (values: string[]) =>
    [...Map.groupBy(values, (value) => value)].map(([value, own]) => ({ value, count: own.length }));
  return {
    source: count(rows.map(({ source }) => source)),
    split: count(rows.map(({ split }) => split)),
    dbId: count(rows.map(({ dbId }) => dbId)),
    hardness: count(rows.flatMap(({ hardness }) => hardness ?? [])),
    outcome: count(rows.map(({ outcome }) => outcome)),
    reasonClass: count(rows.flatMap(({ reasonClass }) => reasonClass ?? [])),
    equality: count(rows.map(({ equality }) => equality ?? 'none')),
    informative: count(rows.map(({ informative }) => (informative.shipped ? 'shipped' : 'none'))),
    features: count(rows.flatMap(({ features }) => features)),
    tables: count(rows.map(({ tables }) => String(tables))),
    marks: count(rows.flatMap(({ marks }) => marks)),
  };
}

function detailOf(id: string): ExampleDetail {
  const row = fakeExamples.find((example) => example.id === id);
  if (!row) throw new AppError('NOT_FOUND', `There is no example ${id} in the dataset.`);
  const { marks: _marks, promptTokens, completionTokens, ...example } = row;
  return {
    ...example,
    sqliteSql: row.sql,
    formattedSql: row.sql,
    evidence: { answers: [{ on: 'shipped', sqlite: fakeAnswer, postgres: fakeAnswer }], generated: [] },
    prompt:
      promptTokens === undefined || completionTokens === undefined
        ? undefined
        : { prompt: row.question, completion: row.sql, promptTokens, completionTokens },
    nearDuplicates: [],
    sameSql: [],
  };
}

function distributionOf(...values: number[]): Distribution {
  const max = Math.max(...values);
  return {
    count: values.length,
    p50: max,
    p95: max,
    p99: max,
    max,
    bars: [{ from: 0, count: values.length }],
  };
}
