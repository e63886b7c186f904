import { join } from 'node:path';

/** The JSON files of a Spider release, by the split that they hold. */
export const splitFiles = {
  train_spider: 'train_spider.json',
  train_others: 'train_others.json',
  dev: 'dev.json',
} as const;

export type SpiderSplit = keyof typeof splitFiles;

export const spiderSplits = Object.keys(splitFiles) as SpiderSplit[];

export const tablesFile = 'tables.json';

/** What every release holds at its top. */
const requiredFiles: string[] = [...Object.values(splitFiles), tablesFile];

const layout =
  /^(?:(?:train_spider|train_others|dev|tables)\.json|(?:train|dev)_gold\.sql|README(?:\.txt|\.md)?|database\/([^/]+)\/(?:\1\.sqlite|schema\.sql))$/;

/** Whether a path relative to a release's top is one that the import takes. */
export function isLayoutPath(path: string): boolean {
  return layout.test(path);
}

/**
 * Whatever folder a release lies in: the path below it (`spider/dev.json` → `dev.json`), or undefined for what is no
 * part of the layout.
 */
export function toLayoutPath(path: string): string | undefined {
  const parts = toCleanPath(path)?.split('/') ?? [];
  const tails = parts.map((_, index) => parts.slice(index).join('/'));
  return tails.find((tail) => layout.test(tail));
}

/** A path with slashes, or undefined for what a Mac adds (`__MACOSX` twins) and for hidden files. */
export function toCleanPath(path: string): string | undefined {
  const slashed = path.replaceAll('\\', '/');
  return slashed.split('/').some((part) => part === '__MACOSX' || part.startsWith('.')) ? undefined : slashed;
}

/**
 * The folder inside a release (`''` or `spider/`) that holds its JSON files, or undefined where no path is one of
 * them. The one with the most of them wins, then the one nearest the top: the official zip also has a folder of test
 * data with a `dev.json` of its own.
 */
export function findRoot(paths: string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const end = path.lastIndexOf('/') + 1;
    if (!requiredFiles.includes(path.slice(end))) continue;
    counts.set(path.slice(0, end), (counts.get(path.slice(0, end)) ?? 0) + 1);
  }
  const depth = (root: string) => root.split('/').length;
  const ranked = [...counts].sort(
    ([a, countA], [b, countB]) => countB - countA || depth(a) - depth(b) || (a < b ? -1 : 1),
  );
  return ranked[0]?.[0];
}

/** The required files that are not among `paths`, which are relative to the release's top. */
export function findMissing(paths: string[]): string[] {
  return requiredFiles.filter((name) => !paths.includes(name));
}

export function sqliteFileOf(spiderDir: string, dbId: string): string {
  return join(spiderDir, 'database', dbId, `${dbId}.sqlite`);
}

/** The database that a manifest's path (`database/shop/shop.sqlite`) is the file of. */
export function dbIdOf(path: string): string | undefined {
  return /^database\/([^/]+)\/\1\.sqlite$/.exec(path)?.[1];
}
