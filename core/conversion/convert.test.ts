import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseSchemaSchema } from '../contract/schema.ts';
import { importSpider } from '../spider/index.ts';
import { convertSpider, type ConvertedPair } from './convert.ts';
import { startLoader } from './testing/fixture-database.ts';
import type { ConversionReport } from './report.ts';

const spiderZip = resolve(import.meta.dirname, '..', '..', '..', 'shared', 'datasets', 'spider.zip');
const missing = existsSync(spiderZip) ? '' : ' (skipped: ../shared/datasets/spider.zip is not there)';

describe.skipIf(missing !== '')(`three of Spider's databases${missing}`, () => {
  const dbIds = ['concert_singer', 'pets_1', 'cre_Doc_Template_Mgt'];
  let folder: string;
  let outDir: string;
  let postgres: Awaited<ReturnType<typeof startLoader>>;
  let report: ConversionReport;
  const convert = (signal?: AbortSignal) =>
    convertSpider({
      spiderDir: join(folder, 'spider'),
      outDir,
      loader: postgres.loader,
      serverVersion: '18',
      dbIds,
      signal,
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-convert-'));
    outDir = join(folder, 'processed');
    await mkdir(outDir);
    await writeFile(join(outDir, 'notes.txt'), 'of the user');
    await importSpider(spiderZip, join(folder, 'spider'));
    postgres = await startLoader();
    report = await convert();
  });

  afterAll(async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const readPairs = async () => {
    const lines = (await readFile(join(outDir, 'pairs.jsonl'), 'utf8')).trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as ConvertedPair);
  };

  it('writes a line for every pair', async () => {
    const pairs = await readPairs();
    expect(pairs).toHaveLength(171);
    expect(new Set(pairs.map((pair) => pair.dbId))).toEqual(new Set(dbIds));
    expect(pairs.every((pair) => pair.split === 'dev' && pair.question !== '' && pair.sql !== '')).toBe(true);
  });

  it('verifies them on both engines', async () => {
    const { verified, failed } = report.splits.dev ?? {};
    expect(failed).toBe(0);
    expect(verified).toBe(171);
    const pair = (await readPairs()).find(
      (each) => each.question === 'What is the average weight for each type of pet?',
    );
    expect(pair).toMatchObject({
      sql: 'SELECT avg(weight), pettype FROM pets GROUP BY pettype',
      outcome: 'verified',
      rows: 2,
    });
  });

  it("describes each database in the contract's shape, with samples", async () => {
    for (const dbId of dbIds) {
      const schema = JSON.parse(await readFile(join(outDir, 'schemas', `${dbId}.json`), 'utf8')) as unknown;
      expect(databaseSchemaSchema.parse(schema)).toMatchObject({ database: dbId });
      const samples = JSON.parse(
        await readFile(join(outDir, 'samples', `${dbId}.json`), 'utf8'),
      ) as unknown[];
      expect(samples.length).toBeGreaterThan(0);
    }
  });

  it('leaves what was there when it is cancelled', async () => {
    const before = await readFile(join(outDir, 'pairs.jsonl'), 'utf8');
    await expect(convert(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readFile(join(outDir, 'pairs.jsonl'), 'utf8')).toBe(before);
    expect(await readFile(join(outDir, 'notes.txt'), 'utf8')).toBe('of the user');
    expect(existsSync(`${outDir}.converting`)).toBe(false);
  });

  it('gives the same bytes again', async () => {
    const before = await readFile(join(outDir, 'pairs.jsonl'), 'utf8');
    await convert();
    expect(await readFile(join(outDir, 'pairs.jsonl'), 'utf8')).toBe(before);
  });
});
