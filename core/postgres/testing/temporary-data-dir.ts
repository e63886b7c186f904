import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findBinaries } from '../embedded-binaries.ts';
import { locateCluster } from '../embedded-folder.ts';

export interface TemporaryDataDir {
  path: string;
  remove(): Promise<void>;
}

/** A data folder for a test. With mode 0o700 and as root, PostgreSQL's user cannot enter it. */
export async function makeTemporaryDataDir(mode = 0o755): Promise<TemporaryDataDir> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sql-codegen-studio-'));
  await chmod(folder, mode);
  return {
    path: folder,
    remove: async () => {
      const { root } = await locateCluster(folder, await findBinaries());
      await rm(path.dirname(root), { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}
