import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSummary } from './spider-summary.ts';
import { keepVersion, readCurrentVersion } from './spider-versions.ts';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sqlcodegen-damaged-'));
  await mkdir(join(dataDir, 'processed'));
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFile(join(dataDir, 'processed', name), text);
const pair = (outcome: string) => `${JSON.stringify({ id: 'dev:0', split: 'dev', outcome })}\n`;

describe('the summary', () => {
  it('counts the pairs, and leaves them out where their file is gone or cut short', async () => {
    expect((await readSummary(dataDir)).pairs).toBeUndefined();
    await write('pairs.jsonl', pair('verified') + pair('failed') + pair('verified'));
    expect((await readSummary(dataDir)).pairs).toEqual({ dev: { verified: 2, failed: 1 } });
    await write('pairs.jsonl', pair('verified') + pair('failed').slice(0, 20));
    expect((await readSummary(dataDir)).pairs).toBeUndefined();
  });

  it('leaves out reports that are cut short', async () => {
    await write('format_report.json', '{"tokenizer": "mis');
    await write('split_report.json', '');
    await write('verify_report.json', '[');
    await write('dataset_version.json', '{"vers');
    expect(await readSummary(dataDir)).toEqual({});
  });
});

describe('a version', () => {
  const keep = () =>
    keepVersion(
      {
        spiderDir: join(dataDir, 'raw', 'spider'),
        processedDir: join(dataDir, 'processed'),
        versionsDir: join(dataDir, 'versions'),
      },
      {},
    );

  it.each<[string, string | undefined, string]>([
    ['is gone', undefined, 'DATASET_MISSING'],
    ['is cut short', '{"tokenizer": "mis', 'DATASET_CORRUPT'],
    ['lacks what was applied', '{"tokenizer": "mistral"}', 'DATASET_CORRUPT'],
  ])('is not made where the report of the format stage %s, which is named', async (_what, text, code) => {
    if (text !== undefined) await write('format_report.json', text);
    await expect(keep()).rejects.toMatchObject({
      code,
      message: expect.stringContaining('format_report.json') as string,
      hint: expect.stringContaining('data format') as string,
    });
    expect(await readCurrentVersion(dataDir)).toBeUndefined();
  });
});
