import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import Sqlite from 'better-sqlite3';
import { zipSync, type Zippable } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importSpider, readExamples, readManifest } from './index.ts';

let folder: string;
let target: string;
let shop: Uint8Array;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-attacks-'));
  target = join(folder, 'raw', 'spider');
  const file = join(folder, 'shop.sqlite');
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE item (id INT)');
  database.close();
  shop = await readFile(file);
});

afterEach(async () => {
  await chmod(folder, 0o755);
  await rm(folder, { recursive: true, force: true });
});

const encode = (text: string) => new TextEncoder().encode(text);
const examples = JSON.stringify([{ db_id: 'shop', question: 'Wo ist Zoë?', query: 'SELECT 1' }]);

function makeFiles(): Record<string, Uint8Array> {
  return {
    'spider/train_spider.json': encode(examples),
    'spider/train_others.json': encode(examples),
    'spider/dev.json': encode(examples),
    'spider/tables.json': encode('[]'),
    'spider/database/shop/shop.sqlite': shop,
  };
}

async function writeZip(files: Zippable, change: (zip: Buffer) => void = () => undefined): Promise<string> {
  const zip = Buffer.from(zipSync(files));
  change(zip);
  const path = join(folder, 'spider.zip');
  await writeFile(path, zip);
  return path;
}

async function writeFolder(files: Record<string, Uint8Array>): Promise<string> {
  const release = join(folder, 'release');
  for (const [path, data] of Object.entries(files)) {
    await mkdir(dirname(join(release, path)), { recursive: true });
    await writeFile(join(release, path), data);
  }
  return join(release, 'spider');
}

/** Where a file's header stands in the zip's list of contents. */
function findListed(zip: Buffer, name: string): number {
  const at = zip.lastIndexOf(name) - 46;
  expect(zip.readUInt32LE(at)).toBe(0x02014b50);
  return at;
}

/** Fails as said, naming the source and a cure, and leaves neither a result nor a half of one. */
async function expectRefusal(source: string, message: RegExp, code = 'DATASET_CORRUPT'): Promise<void> {
  await expect(importSpider(source, target)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as string,
    hint: expect.stringMatching(/\S/) as string,
  });
  expect(existsSync(target)).toBe(false);
  expect(existsSync(`${target}.importing`)).toBe(false);
}

describe('a zip that attacks', () => {
  it('lies about the size of a file', async () => {
    const files = { ...makeFiles(), 'spider/README.txt': new Uint8Array(8 * 1024 ** 2) };
    const zip = await writeZip(files, (bytes) => {
      bytes.writeUInt32LE(1000, findListed(bytes, 'spider/README.txt') + 24);
    });
    await expectRefusal(zip, /spider\.zip is not a readable zip file/);
  });

  it('lists one file behind another twice', async () => {
    const zip = await writeZip(makeFiles(), (bytes) => {
      const first = bytes.readUInt32LE(findListed(bytes, 'spider/train_spider.json') + 42);
      bytes.writeUInt32LE(first, findListed(bytes, 'spider/dev.json') + 42);
    });
    await expectRefusal(zip, /share the same bytes/);
  });

  it('holds very many files', async () => {
    const zip = await writeZip(makeFiles(), (bytes) => {
      // The counts in the record at the zip's end.
      for (const at of [8, 10]) bytes.writeUInt16LE(20_001, bytes.length - 22 + at);
    });
    await expectRefusal(zip, /lists 20001 files/);
  });

  it('announces more than a disk holds', async () => {
    const files = { ...makeFiles(), 'x/a': encode('a'), 'x/b': encode('b') };
    const zip = await writeZip(files, (bytes) => {
      for (const name of ['x/a', 'x/b']) {
        const at = findListed(bytes, name);
        bytes.writeUInt32LE(0xfffffff0, at + 24);
        bytes.writeUInt32LE(0x7ffffff0, at + 20);
      }
    });
    await expectRefusal(zip, /unpacks to more than 4 GiB/);
  });

  it('holds a symbolic link', async () => {
    const link = [encode('/etc/passwd'), { os: 3, attrs: (0o120777 << 16) >>> 0 }] as const;
    const zip = await writeZip({ ...makeFiles(), 'spider/database/x/schema.sql': [...link] });
    await expectRefusal(zip, /holds a symbolic link: spider\/database\/x\/schema\.sql/);
  });

  it('holds a file twice', async () => {
    const zip = await writeZip({ ...makeFiles(), 'spider/dev.jsoX': encode('[]') }, (bytes) => {
      for (let at = bytes.indexOf('dev.jsoX'); at >= 0; at = bytes.indexOf('dev.jsoX', at)) {
        bytes.write('dev.json', at);
      }
    });
    await expectRefusal(zip, /holds dev\.json twice/);
  });

  it('holds two databases that are one where case does not count', async () => {
    const files = { ...makeFiles(), 'spider/database/SHOP/SHOP.sqlite': shop };
    await expectRefusal(await writeZip(files), /holds database\/\w+\/\w+\.sqlite twice/);
  });

  it('is encrypted', async () => {
    const zip = await writeZip(makeFiles(), (bytes) => {
      bytes.writeUInt16LE(1, findListed(bytes, 'spider/dev.json') + 8);
    });
    await expectRefusal(zip, /is encrypted/);
  });

  it('holds a changed file under its old checksum', async () => {
    const zip = await writeZip(
      { ...makeFiles(), 'spider/README.txt': [encode('hello'), { level: 0 }] },
      (bytes) => {
        bytes.write('HELLO', bytes.indexOf('hello'));
      },
    );
    await expectRefusal(zip, /checksum of spider\/README\.txt is wrong/);
  });
});

describe('a source that is not what it should be', () => {
  it('is a zip around the zip', async () => {
    const zip = await writeZip({ 'download/spider_data.zip': zipSync(makeFiles()) });
    await expectRefusal(
      zip,
      /dev\.json is missing in .*spider\.zip, but it holds download\/spider_data\.zip/,
      'DATASET_MISSING',
    );
  });

  it('is a folder without Spider in it', async () => {
    await mkdir(join(folder, 'spider.zip'));
    await expectRefusal(join(folder, 'spider.zip'), /dev\.json is missing in/, 'DATASET_MISSING');
  });

  it("takes the release's own files, not those of the test data beside them", async () => {
    const test = JSON.stringify([{ db_id: 'other', question: 'x', query: 'x' }]);
    const zip = await writeZip({ ...makeFiles(), 'spider/test_data/dev.json': encode(test) });
    await importSpider(zip, target);
    expect((await readExamples(target, 'dev'))[0]?.dbId).toBe('shop');
  });

  it.skipIf(process.platform === 'win32')('may not be read by this user', async () => {
    const zip = await writeZip(makeFiles());
    await chmod(zip, 0o000);
    await chmod(folder, 0o777);
    const isRoot = process.getuid?.() === 0;
    // Root may read everything: for the moment of the test it is somebody else.
    if (isRoot) process.seteuid?.(65534);
    try {
      await expectRefusal(zip, /spider\.zip may not be read/, 'PERMISSION_DENIED');
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('is a folder with a database that another program holds locked', async () => {
    const source = await writeFolder(makeFiles());
    const other = new Sqlite(join(source, 'database/shop/shop.sqlite'));
    other.exec('BEGIN EXCLUSIVE');
    await expectRefusal(source, /shop\.sqlite is locked by another program/, 'CONFLICT');
    other.exec('ROLLBACK');
    other.close();
    expect((await importSpider(source, target)).databases).toBe(1);
  });

  it('is a folder with a database in the middle of a change', async () => {
    const source = await writeFolder({
      ...makeFiles(),
      'spider/database/shop/shop.sqlite-wal': encode('pages'),
    });
    await expectRefusal(source, /shop\.sqlite has changes that are not finished/);
  });
});

describe('encodings of the JSON files', () => {
  const utf16 = Buffer.from(examples, 'utf16le');
  it.each([
    ['UTF-8 with a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), encode(examples)])],
    ['UTF-16 with a mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
    ['UTF-16 without a mark', utf16],
    ['big-endian UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]).swap16()],
  ])('reads %s', async (_name, bytes) => {
    await importSpider(await writeZip({ ...makeFiles(), 'spider/dev.json': bytes }), target);
    expect((await readExamples(target, 'dev'))[0]?.question).toBe('Wo ist Zoë?');
  });

  it('refuses Latin-1, and says where', async () => {
    const latin1 = Buffer.from(`[\n${examples.slice(1)}`, 'latin1');
    const zip = await writeZip({ ...makeFiles(), 'spider/dev.json': latin1 });
    await expectRefusal(zip, /spider\.zip: dev\.json is not valid UTF-8 near line 2/);
  });
});

describe('a second import', () => {
  it('of the same zip does nothing; it mends what was changed since', async () => {
    const zip = await writeZip(makeFiles());
    const manifest = await importSpider(zip, target);
    const file = join(target, 'dev.json');
    const { ino } = await stat(file);
    expect(await importSpider(zip, target)).toEqual(manifest);
    expect((await stat(file)).ino).toBe(ino);
    await writeFile(file, examples.replace('shop', 'SHOP'));
    expect(await importSpider(zip, target)).toEqual(manifest);
    expect(await readFile(file, 'utf8')).toBe(examples);
  });

  it('keeps no path of this machine, and the same manifest from anywhere', async () => {
    await importSpider(await writeZip(makeFiles()), target);
    const text = await readFile(join(target, 'manifest.json'), 'utf8');
    expect(text).not.toContain(folder);
    await mkdir(join(folder, 'elsewhere'));
    await writeFile(join(folder, 'elsewhere', 'spider.zip'), await readFile(join(folder, 'spider.zip')));
    await rm(target, { recursive: true });
    await importSpider(join(folder, 'elsewhere', 'spider.zip'), target);
    expect(await readFile(join(target, 'manifest.json'), 'utf8')).toBe(text);
  });
});

describe('after a kill', () => {
  /** An import of one example, with a zip and a folder of the user's own beside it. */
  async function importFirst(): Promise<void> {
    await importSpider(await writeFolder(makeFiles()), target);
    await writeFile(
      join(target, 'spider.zip'),
      zipSync({ ...makeFiles(), 'spider/README.txt': encode('new') }),
    );
    await mkdir(join(target, 'test_database'));
    await mkdir(`${target}.importing/database`, { recursive: true });
    await writeFile(`${target}.importing/dev.json`, '[{"db_id');
  }

  async function expectOwnFiles(): Promise<void> {
    expect(existsSync(join(target, 'spider.zip'))).toBe(true);
    expect(existsSync(join(target, 'test_database'))).toBe(true);
    expect(existsSync(`${target}.importing`)).toBe(false);
    expect(existsSync(`${target}.old`)).toBe(false);
  }

  it('in the middle of writing, the earlier import is there and the next one works', async () => {
    await importFirst();
    expect((await readManifest(target))?.source.name).toBe('spider');
    await importSpider(join(target, 'spider.zip'), target);
    expect((await readManifest(target))?.source.name).toBe('spider.zip');
    await expectOwnFiles();
  });

  it('between the two renames, the earlier import comes back, even where the next one fails', async () => {
    await importFirst();
    await rename(target, `${target}.old`);
    await expect(importSpider(join(folder, 'absent.zip'), target)).rejects.toMatchObject({
      code: 'DATASET_MISSING',
    });
    expect((await readManifest(target))?.source.name).toBe('spider');
    await expectOwnFiles();
  });

  it('between the renames, a zip that the user puts there meanwhile does not cost the earlier import', async () => {
    await importFirst();
    await rename(target, `${target}.old`);
    await mkdir(target);
    await writeFile(join(target, 'spider.zip'), 'no zip');
    await expect(importSpider(join(target, 'spider.zip'), target)).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
    });
    expect((await readManifest(target))?.source.name).toBe('spider');
    await expectOwnFiles();
  });

  it('after both renames, what the user had there is carried over', async () => {
    await importFirst();
    await cp(target, `${target}.old`, { recursive: true });
    await rm(join(target, 'spider.zip'));
    await rename(join(target, 'test_database'), join(folder, 'moved'));
    await importSpider(join(folder, 'release', 'spider'), target);
    await expectOwnFiles();
  });
});
