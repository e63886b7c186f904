import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { keepHostSession, readHostSession } from './host-session.ts';

const dir = mkdtempSync(join(tmpdir(), 'host-session-'));
const file = join(dir, 'host-session.json');
const session = { port: 40_000, token: 't'.repeat(43), session: 's'.repeat(43) };
/** Above Linux's largest number of a process. */
const deadPid = 5_000_000;

beforeEach(() => rmSync(file, { force: true }));
afterAll(() => rmSync(dir, { recursive: true }));

it('is read by nobody else, and gone once the host has ended', () => {
  const forget = keepHostSession(dir, session);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  forget();
  expect(readHostSession(dir)).toBeUndefined();
});

it('is no one’s while its host runs, and goes on where the host was killed', () => {
  keepHostSession(dir, session);
  expect(readHostSession(dir)).toBeUndefined();
  writeFileSync(file, readFileSync(file, 'utf8').replace(String(process.pid), String(deadPid)));
  expect(readHostSession(dir)).toEqual(session);
});

it('stays where another host has put its own', () => {
  const forget = keepHostSession(dir, session);
  writeFileSync(file, JSON.stringify({ ...session, pid: deadPid }));
  forget();
  expect(readHostSession(dir)).toEqual(session);
});

it.each(['', '{', '{"port": 1}', '{"port": 40000, "token": "short", "session": "short", "pid": 5000000}'])(
  'shrugs at %j',
  (text) => {
    writeFileSync(file, text);
    expect(readHostSession(dir)).toBeUndefined();
  },
);
