import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer } from '../../postgres/testing/start-test-server.ts';
import { openSpiderLoader } from '../spider-database.ts';
import { fixtureDbId, makeFixtureSpider } from '../testing/fixture-database.ts';
import { measureProof } from './measure-proof.ts';
import { formatMutantTable, type MutationReport } from './report-mutants.ts';
import type { Evidence, GeneratedRows, ProvenPair } from '../../contract/dataset.ts';

const boundary: GeneratedRows = {
  kind: 'boundary',
  tables: [
    {
      table: 'singer',
      columns: ['singer_id', 'name', 'age'],
      rows: [
        [1, 'At', 40],
        [2, 'Above', 41],
      ],
    },
  ],
};
/** PostgreSQL refuses it: the key twice. */
const broken: GeneratedRows = {
  kind: 'broken',
  tables: [{ table: 'singer', columns: ['singer_id'], rows: [[1], [1]] }],
};

/** Queries with the generated sets of their proof; each reads the same in both engines. */
const queries: { sql: string; sets: GeneratedRows[] }[] = [
  { sql: 'SELECT name FROM singer WHERE age > 40', sets: [broken, boundary] },
  // The same boundary, and no row on it: the long search must find one.
  { sql: 'SELECT singer_id FROM singer WHERE age > 40', sets: [] },
  {
    sql: 'SELECT t1.fee, t2.name FROM singer_in_concert AS t1 JOIN singer AS t2 ON t1.singer_id = t2.singer_id',
    sets: [],
  },
];

describe('measureProof', () => {
  let processedDir: string;
  let spider: Awaited<ReturnType<typeof makeFixtureSpider>>;
  let server: Awaited<ReturnType<typeof startTestServer>>;
  let report: MutationReport;
  const measure = (options: { sample?: number; signal?: AbortSignal } = {}) =>
    measureProof({
      spiderDir: spider.spiderDir,
      processedDir,
      openLoader: () => openSpiderLoader({ adminTargetOf: server.target }),
      lanes: 1,
      searchSets: 2,
      ...options,
    });

  beforeAll(async () => {
    processedDir = await mkdtemp(join(tmpdir(), 'sqlcodegen-mutants-'));
    await writeProcessed(processedDir);
    spider = await makeFixtureSpider();
    server = await startTestServer();
    report = await measure();
  });

  afterAll(async () => {
    await server.stop();
    await spider.remove();
    await rm(processedDir, { recursive: true, force: true });
  });

  it('counts what the shipped rows, the generated rows and the long search catch', () => {
    expect(report.kinds['comparison-loosened']).toMatchObject({
      mutants: 2,
      caughtOnShipped: 0,
      caught: 1,
      missed: 1,
      presumedEquivalent: 0,
      scores: { shippedOfAll: 0, ofAll: 0.5, ofNotProvenEquivalent: 0.5, ofKnownDifferent: 0.5 },
    });
    expect(report.missed.map(({ mutant }) => mutant)).toContain(
      'SELECT singer_id FROM singer WHERE age >= 40',
    );
  });

  it('proves a LEFT JOIN along a key without NULLs equivalent, and catches the RIGHT JOIN', () => {
    expect(report.kinds['join-outer']).toMatchObject({
      mutants: 2,
      caughtOnShipped: 1,
      caught: 1,
      provenEquivalent: { byPlan: 0, byRules: 1 },
      scores: { ofAll: 0.5, ofNotProvenEquivalent: 1 },
    });
  });

  it('calls nothing equivalent that rows tell apart', () => {
    expect(report.contradictions).toEqual([]);
  });

  it('adds up', () => {
    const { all, ...kinds } = report.kinds;
    expect(report.splits.dev).toEqual(all);
    const lines = Object.values(kinds);
    expect(lines.reduce((sum, line) => sum + line.mutants, 0)).toBe(all.mutants);
    for (const line of [all, ...lines]) {
      const { caught, provenEquivalent, missed, presumedEquivalent, notSearched } = line;
      const parts = [caught, provenEquivalent.byPlan, provenEquivalent.byRules, missed, presumedEquivalent];
      expect([...parts, notSearched].reduce((sum, part) => sum + part)).toBe(line.mutants);
    }
  });

  it('writes the report, with the same bytes again', async () => {
    const file = join(processedDir, 'mutation_report.json');
    const before = await readFile(file, 'utf8');
    expect(JSON.parse(before)).toEqual(report);
    await measure();
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it('prints a line for each kind and split', () => {
    const lines = formatMutantTable(report).split('\n');
    expect(lines).toHaveLength(16);
    expect(lines).toContainEqual(
      expect.stringMatching(/^\| comparison-loosened \| 2 \| 0 \(0\.0 %\) \| 1 \|/),
    );
  });

  it('measures a sample, and says so', async () => {
    expect(await measure({ sample: 1 })).toMatchObject({ queries: 1, sampledOf: 3 });
  });

  it('can be cancelled', async () => {
    await expect(measure({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('says what has to run before', async () => {
    const empty = join(processedDir, 'empty');
    await expect(
      measureProof({
        spiderDir: spider.spiderDir,
        processedDir: empty,
        openLoader: () => Promise.reject(new Error('is not needed')),
      }),
    ).rejects.toMatchObject({ code: 'DATASET_MISSING' });
  });
});

async function writeProcessed(processedDir: string): Promise<void> {
  const pairs = queries.map(({ sql }, index): ProvenPair => ({
    id: `dev:${index}`,
    split: 'dev',
    index,
    dbId: fixtureDbId,
    question: 'Who?',
    sqliteSql: sql,
    sql,
    outcome: 'verified',
    equality: 'strict',
    informative: { shipped: true, generated: false },
  }));
  const evidence = queries.map(({ sql, sets }): Evidence => ({
    sqliteSql: sql,
    sql,
    answers: [],
    generated: sets,
  }));
  await mkdir(join(processedDir, 'answers'));
  await writeFile(join(processedDir, 'pairs.jsonl'), toLines(pairs));
  await writeFile(join(processedDir, 'answers', `${fixtureDbId}.jsonl`), toLines(evidence));
}

function toLines(records: object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
