import { readFile } from 'node:fs/promises';
import type { LocalFile } from './local-files.ts';

const blockBytes = 512;

/** A tar archive (ustar, POSIX.1-1988) of small files, with their folders; rights 644. */
export async function* writeTar(files: readonly LocalFile[]): AsyncGenerator<Buffer> {
  for (const { source, path } of files) {
    const content = await readFile(source);
    const padding = Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes);
    yield Buffer.concat([makeHeader(path, content.length), content, padding]);
  }
  yield Buffer.alloc(2 * blockBytes);
}

/** Whether a path fits the format; others are brought one by one. */
export function fitsTar(path: string): boolean {
  return splitPath(path) !== undefined;
}

function makeHeader(path: string, bytes: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  const { prefix, name } = splitPath(path) ?? { prefix: '', name: path };
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  const write = (text: string, offset: number): void => void header.write(text, offset, 'utf8');
  write(name, 0);
  write(octal(0o644, 7), 100);
  write(octal(0, 7), 108);
  write(octal(0, 7), 116);
  write(octal(bytes, 11), 124);
  write(octal(Math.floor(Date.now() / 1000), 11), 136);
  write(' '.repeat(8), 148);
  write('0', 156);
  write('ustar\0' + '00', 257);
  write(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

function splitPath(path: string): { prefix: string; name: string } | undefined {
  if (Buffer.byteLength(path) <= 100) return { prefix: '', name: path };
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return { prefix, name };
  }
  return undefined;
}
