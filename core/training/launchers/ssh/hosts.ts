import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AppError, type SshHost, type SshHostDraft, type SshHostTest } from '../../../contract/index.ts';
import type { SshAddress, SshTarget } from './connect.ts';
import type { SshConnection } from './connection.ts';
import type { Place } from './describe-failure.ts';
import { examineHost } from './examine-host.ts';
import { openHostFolder } from './host-folder.ts';
import { addKnownKey, fingerprintOf } from './known-hosts.ts';

/** Keeps passwords and passphrases; the app's secret store fits. */
export interface SecretKeeper {
  get(id: string): Promise<string | undefined>;
  set(id: string, value: string): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface SshHostsDeps {
  /** Where hosts are kept, without their secrets. */
  rows: { get(): SshHost[]; set(hosts: SshHost[]): void };
  secrets: SecretKeeper;
  /** The app's own known_hosts: keys that the user has agreed to. */
  knownHostsFile: string;
  trainerDir: string;
  /** Files that are read besides. Defaults to OpenSSH's own of this user and this machine. */
  otherKnownHosts?: readonly string[];
}

/** The machines that the user trains at over SSH. */
export interface SshHosts {
  list(): SshHost[];
  /** @throws AppError NOT_FOUND */
  get(id: string): SshHost;
  /** Adds, or with an `id` replaces. @throws AppError NOT_FOUND */
  save(draft: SshHostDraft): Promise<SshHost>;
  /** @throws AppError NOT_FOUND */
  remove(id: string): Promise<void>;
  test(draft: SshHostDraft, signal: AbortSignal): Promise<SshHostTest>;
  /** Keeps the key that a host shows now. @throws AppError CONFLICT where it is not the one with this fingerprint */
  trust(place: Place & { fingerprint: string }, draft: SshHostDraft, signal: AbortSignal): Promise<void>;
  /** @throws AppError as connectSsh does; NOT_FOUND */
  connect(id: string, signal: AbortSignal): Promise<SshConnection>;
}

export function createSshHosts({ rows, secrets, trainerDir, ...deps }: SshHostsDeps): SshHosts {
  const knownHosts = [deps.knownHostsFile, ...(deps.otherKnownHosts ?? listSystemFiles())];
  const get = (id: string): SshHost => {
    const found = rows.get().find((host) => host.id === id);
    if (found) return found;
    throw new AppError('NOT_FOUND', 'This SSH host is not kept any more.', {
      hint: 'Add it again under Training.',
    });
  };
  const targetOf = (draft: SshHostDraft) => resolveTarget(draft, secrets);
  return {
    list: () => rows.get().toSorted((a, b) => a.name.localeCompare(b.name)),
    get,
    async save(draft) {
      if (draft.id !== undefined) get(draft.id);
      const id = draft.id ?? randomUUID();
      await keepSecret(secrets, secretIds(id).host, draft.secret);
      await keepSecret(secrets, secretIds(id).jump, draft.jump ? draft.jump.secret : '');
      const saved = await describeSaved({ ...draft, id }, secrets);
      rows.set([...rows.get().filter((host) => host.id !== id), saved]);
      return saved;
    },
    async remove(id) {
      get(id);
      rows.set(rows.get().filter((host) => host.id !== id));
      await Promise.all(Object.values(secretIds(id)).map((secretId) => secrets.remove(secretId)));
    },
    async test(draft, signal) {
      const { connectSsh } = await import('./connect.ts');
      try {
        const connection = await connectSsh(await targetOf(draft), { knownHosts, signal });
        try {
          const launch = { connection, trainerDir, python: draft.python, signal };
          const examined = await examineHost(launch, openHostFolder(draft.folder), false);
          const { trainerPython: _, ...machine } = examined;
          return { kind: 'ok', machine, latencyMs: connection.latencyMs };
        } finally {
          connection.close();
        }
      } catch (error) {
        signal.throwIfAborted();
        return describeTest(AppError.from(error));
      }
    },
    async trust(place, draft, signal) {
      const { connectSsh } = await import('./connect.ts');
      const shown: Buffer[] = [];
      const acceptKey = (at: Place, key: Buffer): boolean => {
        if (at.host === place.host && at.port === place.port) shown.push(key);
        return false;
      };
      const refusal = await connectSsh(await targetOf(draft), { knownHosts, signal, acceptKey }).then(
        (connection) => connection.close(),
        (error: unknown) => error,
      );
      signal.throwIfAborted();
      const [key] = shown;
      // Known already, to this app or to ssh: nothing to keep.
      if (!key && refusal === undefined) return;
      if (!key) throw refusal;
      if (fingerprintOf(key) !== place.fingerprint) throw anotherKey(place, key);
      await addKnownKey(deps.knownHostsFile, place.host, place.port, key);
    },
    async connect(id, signal) {
      const { connectSsh } = await import('./connect.ts');
      return connectSsh(await targetOf(get(id)), { knownHosts, signal });
    },
  };
}

function listSystemFiles(): string[] {
  const own = ['known_hosts', 'known_hosts2'].map((name) => join(homedir(), '.ssh', name));
  return process.platform === 'win32' ? own : [...own, '/etc/ssh/ssh_known_hosts'];
}

function secretIds(id: string): { host: string; jump: string } {
  return { host: `ssh:${id}`, jump: `ssh-jump:${id}` };
}

/** Left out: as it is. Empty: none. */
async function keepSecret(secrets: SecretKeeper, id: string, secret: string | undefined): Promise<void> {
  if (secret === '') await secrets.remove(id);
  else if (secret !== undefined) await secrets.set(id, secret);
}

async function describeSaved(draft: SshHostDraft & { id: string }, secrets: SecretKeeper): Promise<SshHost> {
  const { host, jump } = secretIds(draft.id);
  const { secret: _secret, jump: through, ...rest } = draft;
  const saved: SshHost = { ...rest, hasSecret: (await secrets.get(host)) !== undefined };
  if (!through) return saved;
  const { secret: _jumpSecret, ...address } = through;
  return { ...saved, jump: { ...address, hasSecret: (await secrets.get(jump)) !== undefined } };
}

/** The stored secrets stand in for those that are left out. */
async function resolveTarget(draft: SshHostDraft, secrets: SecretKeeper): Promise<SshTarget> {
  const ids = draft.id === undefined ? undefined : secretIds(draft.id);
  const secretOf = async (given: string | undefined, id: string | undefined) =>
    given ?? (id === undefined ? undefined : await secrets.get(id));
  const { name, host, port, user, auth } = draft;
  const target = { name, host, port, user, auth, secret: await secretOf(draft.secret, ids?.host) };
  if (!draft.jump) return target;
  const jump: SshAddress = { ...draft.jump, secret: await secretOf(draft.jump.secret, ids?.jump) };
  return { ...target, jump };
}

function describeTest(error: AppError): SshHostTest {
  const { reason, host, port, keyType, fingerprint, expected } = error.details ?? {};
  const key = {
    ...{ host: String(host), port: Number(port) },
    ...{ keyType: String(keyType), fingerprint: String(fingerprint) },
  };
  if (reason === 'unknown-key') return { kind: 'unknown-key', ...key };
  if (reason !== 'changed-key') return { kind: 'failed', error: error.toPayload() };
  const { message, hint = '' } = error;
  return { kind: 'changed-key', ...key, expected: String(expected), message, hint };
}

function anotherKey({ host, port, fingerprint }: Place & { fingerprint: string }, key: Buffer): AppError {
  return new AppError('CONFLICT', `${host}:${port} shows ${fingerprintOf(key)} now, not ${fingerprint}.`, {
    hint: 'Test the host again, and compare the fingerprint with what its owner says.',
  });
}
