import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listImports } from './code-version.ts';
import { openUnitStore, type UnitStore } from './unit-store.ts';
import type { DatabaseUnit } from './convert-database.ts';

const unit = {
  dbId: 'shop',
  pairs: [],
  schema: { database: 'shop', serverVersion: '18', searchPath: ['shop'], tables: [] },
  samples: [],
  load: {
    dbId: 'shop',
    tables: 0,
    rows: 0,
    primaryKeysNotDeclared: [],
    foreignKeysNotDeclared: [],
    othersNotDeclared: [],
    cellsNulled: [],
  },
  evidence: [{ sqliteSql: 'SELECT 1', sql: 'SELECT 1', answers: [], generated: [] }],
} satisfies DatabaseUnit;

describe('finished databases kept between runs', () => {
  let folder: string;
  let store: UnitStore;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-units-'));
    store = await openUnitStore(folder);
    await store.write(unit, 'key');
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are read for the same key only', async () => {
    expect(await store.read('shop', 'key')).toMatchObject({ dbId: 'shop' });
    expect(await store.read('shop', 'other')).toBeUndefined();
    expect(await store.read('absent', 'key')).toBeUndefined();
    expect(await readFile(store.evidenceFileOf('shop'), 'utf8')).toContain('"sqliteSql":"SELECT 1"');
  });

  it('count as not kept where a file is cut short, damaged or gone', async () => {
    await truncate(join(folder, 'shop.json'), 20);
    expect(await store.read('shop', 'key')).toBeUndefined();
    await store.write(unit, 'key');
    await writeFile(store.evidenceFileOf('shop'), 'garbage');
    expect(await store.read('shop', 'key')).toBeUndefined();
    await rm(store.evidenceFileOf('shop'));
    expect(await store.read('shop', 'key')).toBeUndefined();
    await writeFile(join(folder, 'shop.json'), 'null');
    expect(await store.read('shop', 'key')).toBeUndefined();
  });
});

describe('the code that a unit depends on', () => {
  it('is all that its worker imports', async () => {
    const files = await listImports(join(import.meta.dirname, 'worker.ts'));
    const names = files.map((file) => file.replaceAll('\\', '/').split('/core/').at(-1));
    for (const name of [
      'conversion/worker.ts',
      'conversion/report-load.ts',
      'conversion/filling/read-query.ts',
      'conversion/filling/read-condition.ts',
      'conversion/review-proof.ts',
      'conversion/rewrite-dates.ts',
      'postgres/load-rows.ts',
      'spider/run-gold.ts',
    ]) {
      expect(names).toContain(name);
    }
  });
});
