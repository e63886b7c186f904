import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A line of a known_hosts file: whose key, and where it stands. */
export interface KnownKey {
  keyType: string;
  /** As it goes over the wire. */
  key: Buffer;
  revoked: boolean;
  file: string;
  /** From 1. */
  line: number;
}

export type KeyVerdict =
  | { kind: 'known' }
  | { kind: 'unknown' }
  /** `expected`: a key that is known for the host instead, or the one that was revoked. */
  | { kind: 'changed'; expected: KnownKey };

/** Keys that are known for a host, in files of OpenSSH's format; a file that is not there has none. */
export async function readKnownKeys(
  files: readonly string[],
  host: string,
  port: number,
): Promise<KnownKey[]> {
  const found = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(file, 'utf8').catch(() => '');
      return text.split('\n').flatMap((line, index) => readLine(line, host, port, { file, line: index + 1 }));
    }),
  );
  return found.flat();
}

/** Any known key that is another one refuses a host, even of another type: we ask for the types that are known first. */
export function judgeKey(known: readonly KnownKey[], key: Buffer): KeyVerdict {
  const same = known.filter((one) => one.key.equals(key));
  const revoked = same.find((one) => one.revoked);
  if (revoked) return { kind: 'changed', expected: revoked };
  if (same.length > 0) return { kind: 'known' };
  const valid = known.filter((one) => !one.revoked);
  const expected = valid.find((one) => one.keyType === readKeyType(key)) ?? valid[0];
  return expected ? { kind: 'changed', expected } : { kind: 'unknown' };
}

/** Adds a key to a file that only its owner reads. */
export async function addKnownKey(file: string, host: string, port: number, key: Buffer): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const line = `${nameInFile(host, port)} ${readKeyType(key)} ${key.toString('base64')}\n`;
  await appendFile(file, line, { mode: 0o600 });
}

/** `SHA256:…`, as ssh-keygen prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** `ssh-ed25519`: the first text inside a key. */
export function readKeyType(key: Buffer): string {
  if (key.length < 4) return '';
  return key.toString('latin1', 4, 4 + Math.min(key.readUInt32BE(0), 64));
}

/** As ssh writes a host's name: with its port where that is not 22. */
export function nameInFile(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

function readLine(
  text: string,
  host: string,
  port: number,
  place: Pick<KnownKey, 'file' | 'line'>,
): KnownKey[] {
  const fields = text.trim().split(/\s+/);
  const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
  const [names = '', keyType = '', base64 = ''] = fields;
  // A certificate authority's key is no host's: ssh2 does not check certificates.
  if (names.startsWith('#') || base64 === '' || marker === '@cert-authority') return [];
  if (!matches(names, nameInFile(host, port))) return [];
  return [{ ...place, keyType, key: Buffer.from(base64, 'base64'), revoked: marker === '@revoked' }];
}

function matches(patterns: string, name: string): boolean {
  if (patterns.startsWith('|1|')) return matchesHash(patterns, name);
  const list = patterns.toLowerCase().split(',');
  if (list.some((one) => one.startsWith('!') && matchesPattern(one.slice(1), name))) return false;
  return list.some((one) => matchesPattern(one, name));
}

/** `|1|SALT|HASH`: HMAC-SHA1 of the name. */
function matchesHash(text: string, name: string): boolean {
  const [, , salt = '', hash = ''] = text.split('|');
  const wanted = Buffer.from(hash, 'base64');
  const made = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return wanted.length === made.length && timingSafeEqual(wanted, made);
}

/** `*` and `?`. */
function matchesPattern(pattern: string, name: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name);
}
