import { join } from 'node:path';

/** The JSON files of a Spider release, by the split that they hold. */
export const splitFiles = {
  train_spider: 'train_spider.json',
  train_others: 'train_others.json',
  dev: 'dev.json',
} as const;

export type SpiderSplit = keyof typeof splitFiles;

export const spiderSplits = Object.keys(splitFiles) as SpiderSplit[];

const layout =
  /(?:^|\/)((?:train_spider|train_others|dev|tables)\.json|(?:train|dev)_gold\.sql|README(?:\.txt|\.md)?|database\/([^/]+)\/(?:\2\.sqlite|schema\.sql))$/;

/**
 * The path below the Spider folder for a path inside a release (`spider/dev.json` → `dev.json`), or undefined for
 * what is not part of the layout (the official zip carries `__MACOSX` twins and editor files).
 */
export function toLayoutPath(path: string): string | undefined {
  const slashed = path.replaceAll('\\', '/');
  if (slashed.split('/').some((part) => part === '__MACOSX' || part.startsWith('.'))) return undefined;
  return layout.exec(slashed)?.[1];
}

export function sqliteFileOf(spiderDir: string, dbId: string): string {
  return join(spiderDir, 'database', dbId, `${dbId}.sqlite`);
}
