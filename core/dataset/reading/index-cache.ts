import { stat } from 'node:fs/promises';
import { buildIndex, type DatasetIndex } from './build-index.ts';
import type { DatasetFolder } from './dataset-folder.ts';

/** Gives the index of the files as they are now. */
export type ReadIndex = () => Promise<DatasetIndex>;

/**
 * Reads the files when first asked, and again only when one of them has changed. Callers share one reading, so it
 * goes on when one of them leaves. A reading that failed is tried anew by the next call.
 */
export function createIndexCache(folder: DatasetFolder): ReadIndex {
  const files = [
    folder.pairsFile,
    ...Object.values(folder.splitFiles),
    folder.splitReportFile,
    folder.overridesFile,
  ];
  let known: { signature: string; index: Promise<DatasetIndex> } | undefined;
  return async () => {
    const signature = (await Promise.all(files.map(describeFile))).join('|');
    if (known?.signature !== signature) {
      const fresh = { signature, index: buildIndex(folder) };
      fresh.index.catch(() => {
        if (known === fresh) known = undefined;
      });
      known = fresh;
    }
    return known.index;
  };
}

async function describeFile(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeNs}`;
}
