export { compareIds } from './canonical-example.ts';
export { createVersion } from './create-version.ts';
export type { CreateVersionOptions } from './create-version.ts';
export { diffVersions } from './diff-versions.ts';
export type { ChangedExample, VersionDiff } from './diff-versions.ts';
export { listVersions, readVersion } from './version-files.ts';
export type { ListedVersion, VersionInputs, VersionManifest } from './version-files.ts';
