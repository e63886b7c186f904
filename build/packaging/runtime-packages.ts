import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isNativePackage, listNativePackages, type PackageTarget } from './native-files.ts';

interface Manifest {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/** The packages that the built program asks for, and all that these ask for: folders below the root. */
export function listRuntimeFolders(root: string, roots: readonly string[], target: PackageTarget): string[] {
  const wanted = new Set(listNativePackages(target));
  const folders = new Set<string>();
  const visit = (name: string, from: string): void => {
    if (isNativePackage(name) && !wanted.has(name)) return;
    const folder = findPackage(root, name, from);
    if (folder === undefined || folders.has(folder)) return;
    folders.add(folder);
    const { dependencies, optionalDependencies } = readManifest(join(root, folder));
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) visit(next, folder);
  };
  for (const name of roots) visit(name, '');
  return [...folders].toSorted();
}

/** Native packages of the target that are not installed here: npm brings those of its own platform. */
export function listMissingNatives(root: string, target: PackageTarget): string[] {
  return listNativePackages(target).filter((name) => !existsSync(join(root, 'node_modules', name)));
}

/** As Node resolves: in the asker's own node_modules, then in those above. */
function findPackage(root: string, name: string, from: string): string | undefined {
  for (let folder = from; ; folder = parentOf(folder)) {
    const candidate = [folder, 'node_modules', name].filter((part) => part !== '').join('/');
    if (existsSync(join(root, candidate, 'package.json'))) return candidate;
    if (folder === '') return undefined;
  }
}

function parentOf(folder: string): string {
  const parent = dirname(folder);
  return parent === '.' ? '' : parent;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
