import { AppError } from '../contract/errors.ts';
import { findMissing, findRoot, isLayoutPath, toCleanPath } from './layout.ts';
import { downloadAgainHint, manualSteps } from './manual-steps.ts';
import type { Entry } from 'yauzl';

/** Spider's official zip unpacks to about 2 GiB with its test databases; anything far beyond that is not Spider. */
const maxTotalBytes = 4 * 1024 ** 3;
const maxEntries = 20_000;
/** Deflate's own ceiling is near 1,030 : 1, text and SQLite files stay far below 200 : 1. */
const maxRatio = 200;
/** Small files of zeros compress extremely well; the ratio only counts from here on. */
const ratioFloorBytes = 16 * 1024 ** 2;
/** A local header is at least this long, before its name and the data. */
const localHeaderBytes = 30;
const symbolicLink = 0o120000;
const fileTypeMask = 0o170000;

export interface PlannedFile<T> {
  /** Where it goes, below the Spider folder. */
  path: string;
  from: T;
}

/**
 * Looks at a zip's list of contents before anything is written, and says which entries belong to Spider.
 * @throws AppError DATASET_CORRUPT for a path that leaves the folder, a link, a bomb, overlapping or repeated entries.
 */
export function planZip(zipFile: string, entries: Entry[]): PlannedFile<Entry>[] {
  for (const entry of entries) checkEntry(zipFile, entry);
  const total = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
  if (total > maxTotalBytes) throw bomb(zipFile, 'it unpacks to more than 4 GiB');
  checkOverlaps(zipFile, entries);
  return planFiles(
    zipFile,
    entries.map((entry) => ({ path: entry.fileName, from: entry })),
  );
}

/** @throws AppError DATASET_CORRUPT where the zip lists more files than Spider has by far. */
export function checkCount(zipFile: string, count: number): void {
  if (count > maxEntries) throw bomb(zipFile, `it lists ${count} files`);
}

/**
 * The files of a release among all those found, each with its place below the Spider folder.
 * @throws AppError DATASET_MISSING where a required file is absent, DATASET_CORRUPT where one is there twice.
 */
export function planFiles<T>(source: string, found: PlannedFile<T>[]): PlannedFile<T>[] {
  const clean = found.flatMap(({ path, from }) => {
    const cleanPath = toCleanPath(path);
    return cleanPath === undefined ? [] : [{ path: cleanPath, from }];
  });
  const root = findRoot(clean.map(({ path }) => path));
  if (root === undefined) throw notSpider(source, clean);
  const planned = clean
    .filter(({ path }) => path.startsWith(root) && isLayoutPath(path.slice(root.length)))
    .map(({ path, from }) => ({ path: path.slice(root.length), from }));
  checkRepeats(source, planned);
  const [missing] = findMissing(planned.map(({ path }) => path));
  if (missing === undefined) return planned;
  throw new AppError('DATASET_MISSING', `${missing} is missing in ${source}.`, { hint: downloadAgainHint });
}

function checkEntry(zipFile: string, entry: Entry): void {
  const name = entry.fileName;
  if (/^[\\/]|^[a-z]:|(?:^|[\\/])\.\.(?:[\\/]|$)|\0/i.test(name)) {
    throw unsafe(zipFile, `holds a path that leaves its folder: ${JSON.stringify(name)}`);
  }
  if (((entry.externalFileAttributes >>> 16) & fileTypeMask) === symbolicLink) {
    throw unsafe(zipFile, `holds a symbolic link: ${name}`);
  }
  if (entry.isEncrypted()) throw unsafe(zipFile, `is encrypted (${name}), and Spider is not`);
  const ratio = entry.uncompressedSize / Math.max(entry.compressedSize, 1);
  if (entry.uncompressedSize > ratioFloorBytes && ratio > maxRatio) {
    throw bomb(zipFile, `${name} is packed ${Math.round(ratio)} : 1`);
  }
}

/** A bomb without high ratios lets many entries share the same packed bytes. */
function checkOverlaps(zipFile: string, entries: Entry[]): void {
  const sorted = entries.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  for (const [index, entry] of sorted.entries()) {
    const end = entry.relativeOffsetOfLocalHeader + localHeaderBytes + entry.compressedSize;
    const next = sorted[index + 1];
    if (next && next.relativeOffsetOfLocalHeader < end) {
      throw bomb(zipFile, `${entry.fileName} and ${next.fileName} share the same bytes`);
    }
  }
}

/** Compared without case, as the file systems of macOS and Windows do. */
function checkRepeats<T>(source: string, planned: PlannedFile<T>[]): void {
  const seen = new Set<string>();
  for (const { path } of planned) {
    if (seen.has(path.toLowerCase())) throw unsafe(source, `holds ${path} twice`);
    seen.add(path.toLowerCase());
  }
}

function notSpider<T>(source: string, found: PlannedFile<T>[]): AppError {
  const inner = found.find(({ path }) => path.toLowerCase().endsWith('.zip'));
  const holds = inner ? `, but it holds ${inner.path}` : '';
  return new AppError('DATASET_MISSING', `dev.json is missing in ${source}${holds}.`, {
    hint: inner ? `Import ${inner.path} itself.` : manualSteps(),
  });
}

function unsafe(zipFile: string, what: string): AppError {
  return new AppError('DATASET_CORRUPT', `${zipFile} ${what}.`, {
    hint: `Do not use this file. ${downloadAgainHint}`,
  });
}

function bomb(zipFile: string, what: string): AppError {
  return unsafe(zipFile, `does not look like Spider: ${what}`);
}
