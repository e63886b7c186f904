import { closeSync, mkdirSync, openSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

const folderName = 'sql-codegen-studio';

/**
 * Where the app keeps its own data: SQLCODEGEN_DATA_DIR, else what the operating system's conventions say.
 * @param env defaults to the process's environment
 */
export function resolveDataDir(
  env: Record<string, string | undefined> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env.SQLCODEGEN_DATA_DIR) return resolve(env.SQLCODEGEN_DATA_DIR);
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'SQL Codegen Studio');
  if (platform === 'win32')
    return join(env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'SQL Codegen Studio');
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), folderName);
}

/** Makes the folder, readable by its owner only. */
export function ensureDataDir(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
}

/**
 * Makes the file, empty and readable by its owner only, where there is none: SQLite would make it by the umask, and
 * gives the files beside it the same rights. The rights of a file that exists are its owner's business.
 */
export function ensurePrivateFile(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
}
