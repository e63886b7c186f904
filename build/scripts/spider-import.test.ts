import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { importSpider, readManifest } from '../../core/spider/index.ts';
import { root } from './run-command.ts';

let folder: string;
let spiderDir: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-import-process-'));
  spiderDir = join(folder, 'raw', 'spider');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const example = { db_id: 'shop', question: 'How many?', query: 'SELECT count(*) FROM item' };

async function makeSqlite(): Promise<Uint8Array> {
  const file = join(folder, 'shop.sqlite');
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY)');
  database.close();
  return readFile(file);
}

/** A release with a file large enough that the import of it can be interrupted. */
async function writeZip(name: string, readmeBytes: number): Promise<string> {
  const readme = Uint8Array.from({ length: readmeBytes }, (_, index) => (index * 7919) >> 5);
  const files = {
    'train_spider.json': encode([]),
    'train_others.json': encode([]),
    'dev.json': encode([example]),
    'tables.json': encode([]),
    'database/shop/shop.sqlite': await makeSqlite(),
    'README.txt': readme,
  };
  await writeFile(join(folder, name), zipSync(files, { level: 0 }));
  return join(folder, name);
}

/** Imports in a process of its own, which says when it begins. */
function startImport(source: string, shell?: string): ChildProcess {
  const program = `
    const { importSpider } = await import(${JSON.stringify(join(root, 'core', 'spider', 'index.ts'))});
    console.log('begins');
    try { await importSpider(${JSON.stringify(source)}, ${JSON.stringify(spiderDir)}); console.log('imported'); }
    catch (error) { console.log(JSON.stringify({ code: error.code, message: error.message, hint: error.hint })); }`;
  const node = [process.execPath, '--input-type=module', '-e', program];
  const [command = '', ...args] = shell ? ['/bin/sh', '-c', shell, 'sh', ...node] : node;
  return spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

// Each round starts a process: on a busy machine that takes seconds.
it('keeps an import whole, whenever the next one is killed', { timeout: 90_000 }, async () => {
  const first = await writeZip('first.zip', 10);
  const second = await writeZip('second.zip', 16_000_000);
  const whole = await importSpider(first, spiderDir);
  for (const waitMs of [0, 40, 100, 200]) {
    const child = startImport(second);
    // Listened for from the start: an import that is quicker than the kill has closed by then.
    const closed = once(child, 'close');
    await once(child.stdout ?? child, 'data');
    await delay(waitMs);
    child.kill('SIGKILL');
    await closed;
    // What a reader finds, or what the next import brings back before it fails.
    await expect(importSpider(join(folder, 'absent.zip'), spiderDir)).rejects.toMatchObject({
      code: 'DATASET_MISSING',
    });
    const manifest = await readManifest(spiderDir);
    expect(['first.zip', 'second.zip']).toContain(manifest?.source.name);
    if (manifest?.source.name === 'first.zip') expect(manifest).toEqual(whole);
    expect(await readdir(join(folder, 'raw'))).toEqual(['spider']);
  }
  expect((await importSpider(second, spiderDir)).source.name).toBe('second.zip');
});

it.skipIf(process.platform === 'win32')(
  'says that the disk is full, and keeps the import before',
  async () => {
    const whole = await importSpider(await writeZip('first.zip', 10), spiderDir);
    const second = await writeZip('second.zip', 8_000_000);
    // No file of this process may grow beyond 2,000 blocks: its writes fail as on a full disk.
    const child = startImport(second, 'ulimit -f 2000; exec "$@"');
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await once(child, 'close');
    expect(JSON.parse(output.replace('begins', ''))).toMatchObject({
      code: 'DISK_FULL',
      message: expect.stringMatching(/no room left to write .*README\.txt/) as string,
      hint: expect.stringMatching(/Free about 1 GB/) as string,
    });
    expect(await readManifest(spiderDir)).toEqual(whole);
    expect(existsSync(`${spiderDir}.importing`)).toBe(false);
    expect(await readFile(join(spiderDir, 'README.txt'))).toHaveLength(10);
  },
);
