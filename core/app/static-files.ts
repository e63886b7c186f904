import { readFile, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

const typeByExtension: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

export interface StaticFile {
  body: Buffer;
  type: string;
  /** Vite puts a hash into these names: they may be kept for ever. */
  immutable: boolean;
}

/**
 * Reads one file of the built renderer. A path without an extension is a page of the app and gives index.html.
 * @param urlPath the path of the URL, still percent-encoded
 * @returns undefined where there is no such file inside `rootDir`, links included
 */
export async function readStaticFile(rootDir: string, urlPath: string): Promise<StaticFile | undefined> {
  const path = decodePath(urlPath);
  if (path === undefined) return undefined;
  const name = extname(path) === '' ? 'index.html' : path;
  try {
    const root = await realpath(rootDir);
    const file = await realpath(join(root, name));
    const type = typeByExtension[extname(file)];
    if (!file.startsWith(root + sep) || !type || !(await stat(file)).isFile()) return undefined;
    return { body: await readFile(file), type, immutable: name.startsWith('/assets/') };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function decodePath(urlPath: string): string | undefined {
  try {
    const path = decodeURIComponent(urlPath);
    return path.includes('\0') || path.includes('\\') ? undefined : path;
  } catch {
    return undefined;
  }
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG';
}
