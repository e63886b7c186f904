import type { DatasetExample, DatasetSplit } from '../../contract/index.ts';
import { findVersion, readVersion } from './version-files.ts';

export interface ChangedExample {
  id: string;
  /** The fields that differ, with the old and the new value; one that is absent is null. */
  fields: Record<string, { old: unknown; new: unknown }>;
}

/** What lies between two versions. All lists are in the order of the version that they come from. */
export interface VersionDiff {
  from: string;
  to: string;
  added: DatasetExample[];
  removed: DatasetExample[];
  changed: ChangedExample[];
  /** In both, in another split; what else changed in them is in `changed`. */
  moved: { id: string; from: DatasetSplit; to: DatasetSplit }[];
  unchanged: number;
}

/**
 * Compares two versions, named by their first digits.
 * @throws AppError NOT_FOUND, INVALID_INPUT (ambiguous), DATASET_CORRUPT naming the damaged file
 */
export async function diffVersions(
  versionsDir: string,
  [from, to]: [string, string],
  signal?: AbortSignal,
): Promise<VersionDiff> {
  const names = { from: await findVersion(versionsDir, from), to: await findVersion(versionsDir, to) };
  const before = await readVersion(versionsDir, names.from, signal);
  const after = await readVersion(versionsDir, names.to, signal);
  const diff: VersionDiff = { ...names, added: [], removed: [], changed: [], moved: [], unchanged: 0 };
  for (const [id, old] of before) {
    const now = after.get(id);
    if (now === undefined) diff.removed.push(old);
    else addDifference(diff, old, now);
  }
  for (const [id, example] of after) if (!before.has(id)) diff.added.push(example);
  return diff;
}

function addDifference(diff: VersionDiff, old: DatasetExample, now: DatasetExample): void {
  const fields = compareFields(old, now);
  if (old.split !== now.split) diff.moved.push({ id: old.id, from: old.split, to: now.split });
  if (Object.keys(fields).length > 0) diff.changed.push({ id: old.id, fields });
  if (old.split === now.split && Object.keys(fields).length === 0) diff.unchanged += 1;
}

function compareFields(old: DatasetExample, now: DatasetExample): ChangedExample['fields'] {
  const [left, right] = [old as Record<string, unknown>, now as Record<string, unknown>];
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])].filter(
    (name) => name !== 'split',
  );
  const differing = names.filter((name) => JSON.stringify(left[name]) !== JSON.stringify(right[name]));
  return Object.fromEntries(
    differing.map((name) => [name, { old: left[name] ?? null, new: right[name] ?? null }]),
  );
}
