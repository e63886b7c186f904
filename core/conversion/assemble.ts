import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spiderSplits } from '../spider/index.ts';
import { readEvidence } from './read-pairs.ts';
import { buildReport } from './report.ts';
import { renderReport } from './report-page.ts';
import type { ProvenPair } from '../contract/dataset.ts';
import type { ConversionReport } from './report.ts';
import type { StoredUnit, UnitStore } from './unit-store.ts';

/**
 * Writes everything that the conversion publishes into an empty folder, from the finished units. The same units give
 * the same bytes, in whatever order they were finished.
 */
export async function assemble(
  units: StoredUnit[],
  store: UnitStore,
  folder: string,
): Promise<ConversionReport> {
  await rm(folder, { recursive: true, force: true });
  for (const name of ['postgres_schemas', 'samples', 'answers']) {
    await mkdir(join(folder, name), { recursive: true });
  }
  for (const { dbId, schema, samples } of units) {
    await writeFile(join(folder, 'postgres_schemas', `${dbId}.json`), `${JSON.stringify(schema, null, 1)}\n`);
    await writeFile(join(folder, 'samples', `${dbId}.json`), `${JSON.stringify(samples)}\n`);
    await copyFile(store.evidenceFileOf(dbId), join(folder, 'answers', `${dbId}.jsonl`));
  }
  const pairs = sortPairs(units.flatMap((unit) => unit.pairs));
  const loads = units.map((unit) => unit.load);
  const report = buildReport(pairs, loads);
  const evidence = await Promise.all(
    [...new Set(report.notVerified.map((pair) => pair.dbId))].map((dbId) => readEvidence(folder, dbId)),
  );
  await writeFile(join(folder, 'pairs.jsonl'), pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
  await writeFile(join(folder, 'conversion_report.json'), `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(join(folder, 'conversion_report.html'), renderReport(report, evidence.flat()));
  return report;
}

/** By Spider's files, and within one by position. */
function sortPairs(pairs: ProvenPair[]): ProvenPair[] {
  const order = new Map(spiderSplits.map((split, index) => [split, index]));
  return pairs.sort((a, b) => (order.get(a.split) ?? 0) - (order.get(b.split) ?? 0) || a.index - b.index);
}
