import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SshHost, SshHostDraft } from '../../../contract/index.ts';
import { locateTrainerDir } from '../../../app/app-paths.ts';
import { createHostHandlers } from './host-handlers.ts';
import { createSshHosts, type SshHosts } from './hosts.ts';
import { findSshd, startSshd, type TestSshd } from './testing/start-sshd.ts';

const { signal } = new AbortController();
const noAbility = {
  ...{ stop: false, cancel: false, resume: false, fetch: false },
  ...{ export: false, cleanUp: false, remove: false },
};

function keepInMemory() {
  let kept: SshHost[] = [];
  const secrets = new Map<string, string>();
  return {
    rows: { get: () => kept, set: (hosts: SshHost[]) => void (kept = hosts) },
    kept: secrets,
    secrets: {
      get: async (id: string) => secrets.get(id),
      set: async (id: string, value: string) => void secrets.set(id, value),
      remove: async (id: string) => void secrets.delete(id),
    },
  };
}

describe('saved hosts', () => {
  let memory: ReturnType<typeof keepInMemory>;
  let hosts: SshHosts;
  const draft: SshHostDraft = {
    ...{ name: 'GPU', host: 'gpu.example', port: 22, user: 'ann', folder: 'sqlcodegen' },
    auth: { kind: 'password' },
  };
  beforeEach(() => {
    memory = keepInMemory();
    hosts = createSshHosts({ ...memory, knownHostsFile: '/nowhere', trainerDir: '/nowhere' });
  });

  it('keep their secrets apart, until they are emptied or the host is removed', async () => {
    const jump = { host: 'door.example', port: 22, user: 'ann', auth: { kind: 'password' as const } };
    const saved = await hosts.save({ ...draft, secret: 'hunter2', jump: { ...jump, secret: 'hunter3' } });
    expect(saved).toMatchObject({ hasSecret: true, jump: { hasSecret: true } });
    expect(JSON.stringify(memory.rows.get())).not.toContain('hunter');
    const { id } = saved;
    expect(await hosts.save({ ...draft, id, name: 'Big GPU', jump })).toMatchObject({
      ...{ name: 'Big GPU', hasSecret: true },
      jump: { hasSecret: true },
    });
    expect(await hosts.save({ ...draft, id })).not.toHaveProperty('jump');
    expect([...memory.kept.values()]).toEqual(['hunter2']);
    expect(await hosts.save({ ...draft, id, secret: '' })).toMatchObject({ hasSecret: false });
    await hosts.save({ ...draft, id, secret: 'hunter4' });
    await hosts.remove(id);
    expect([...memory.kept.values(), ...hosts.list()]).toEqual([]);
    await expect(hosts.save({ ...draft, id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are neither removed nor moved while a run of theirs has not ended', async () => {
    const { id } = await hosts.save(draft);
    let hasEnded = false;
    const handlers = createHostHandlers({
      hosts,
      listRuns: async () => [
        { name: 'Mine', target: { kind: 'ssh', hostId: id }, can: { ...noAbility, remove: hasEnded } },
        { name: 'Another', target: { kind: 'ssh', hostId: 'other' }, can: noAbility },
        { name: 'Here', target: { kind: 'local' }, can: noAbility },
      ],
    });
    const refusal = { code: 'CONFLICT', message: 'GPU still has runs that have not ended: Mine.' };
    for (const change of [{ host: 'b' }, { port: 23 }, { user: 'b' }, { folder: 'b' }]) {
      const saving = handlers['training.saveHost']({ ...draft, ...change, id }, { signal });
      await expect(saving).rejects.toMatchObject(refusal);
    }
    await expect(handlers['training.removeHost']({ id }, { signal })).rejects.toMatchObject(refusal);
    expect(hosts.get(id)).toMatchObject({ host: 'gpu.example', port: 22, user: 'ann', folder: 'sqlcodegen' });
    // What leads to the same place is not in the way of a run.
    await handlers['training.saveHost']({ ...draft, id, name: 'Big GPU', secret: 'new' }, { signal });
    hasEnded = true;
    await handlers['training.saveHost']({ ...draft, id, host: 'b' }, { signal });
    await handlers['training.removeHost']({ id }, { signal });
    expect(hosts.list()).toEqual([]);
  });

  it('are listed by name', async () => {
    await hosts.save({ ...draft, name: 'b' });
    await hosts.save({ ...draft, name: 'a' });
    expect(hosts.list().map(({ name }) => name)).toEqual(['a', 'b']);
  });
});

const sshd = findSshd();

describe.skipIf(!sshd)('a host that is tested (needs openssh-server)', () => {
  let server: TestSshd;
  let hosts: SshHosts;
  let draft: SshHostDraft;
  const stops: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    server = await startSshd(sshd ?? '');
    draft = {
      ...{ name: 'Test', host: '127.0.0.1', port: server.port, user: server.user },
      ...{ auth: { kind: 'key', keyPath: server.keyPath }, folder: join(server.folder, 'app') },
    };
    hosts = createSshHosts({
      ...keepInMemory(),
      knownHostsFile: join(server.folder, 'app-data', 'known_hosts'),
      otherKnownHosts: [join(server.folder, 'known_hosts')],
      trainerDir: locateTrainerDir(join(server.folder, 'app-data')),
    });
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });
  afterAll(() => server.stop());

  it('is known once its key was agreed to, and says what it has', async () => {
    const unknown = await hosts.test(draft, signal);
    const { port, fingerprint } = server;
    expect(unknown).toEqual({
      ...{ kind: 'unknown-key', host: '127.0.0.1', port },
      ...{ keyType: 'ssh-ed25519', fingerprint },
    });
    const place = { host: '127.0.0.1', port };
    const other = `SHA256:${'x'.repeat(43)}`;
    await expect(hosts.trust({ ...place, fingerprint: other }, draft, signal)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await hosts.trust({ ...place, fingerprint }, draft, signal);
    await hosts.trust({ ...place, fingerprint }, draft, signal);
    const tested = await hosts.test(draft, signal);
    expect(tested).toMatchObject({ kind: 'ok', machine: { environmentReady: false } });
    expect(tested.kind === 'ok' && tested.machine.freeDiskBytes).toBeGreaterThan(1e6);
    expect(tested.kind === 'ok' && tested.machine.cores).toBeGreaterThan(0);
  });

  it('says what its own Python lacks', async () => {
    const tested = await hosts.test({ ...draft, python: '/usr/bin/python3' }, signal);
    expect(tested).toMatchObject({ kind: 'ok', machine: { environmentReady: false } });
    expect(tested.kind === 'ok' && tested.machine.problems.join(' ')).toContain('lacks torch');
    const none = await hosts.test({ ...draft, python: '/nowhere/python' }, signal);
    expect(none.kind === 'ok' && none.machine.problems).toContain(
      '/nowhere/python cannot be run there as Python.',
    );
  });

  it('is refused once it shows another key than ssh knows of it, also by who agrees to anything', async () => {
    const other = await startSshd(sshd ?? '');
    stops.push(() => other.stop());
    const keyPath = other.keyPath;
    const changed: SshHostDraft = { ...draft, port: other.port, auth: { kind: 'key', keyPath } };
    const lines = [other.knownHostsLine];
    writeFileSync(join(server.folder, 'known_hosts'), lines.join(''));
    expect(await hosts.test(changed, signal)).toMatchObject({ kind: 'ok' });
    await other.changeHostKey();
    const tested = await hosts.test(changed, signal);
    expect(tested).toMatchObject({ kind: 'changed-key', port: other.port, expected: other.fingerprint });
    const fingerprint = tested.kind === 'changed-key' ? tested.fingerprint : '';
    expect(fingerprint).not.toBe(other.fingerprint);
    const place = { host: '127.0.0.1', port: other.port, fingerprint };
    await expect(hosts.trust(place, changed, signal)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('says plainly where nothing listens', async () => {
    expect(await hosts.test({ ...draft, port: 1 }, signal)).toMatchObject({
      kind: 'failed',
      error: { code: 'REMOTE_UNREACHABLE', message: expect.stringContaining('no SSH server listens there') },
    });
  });
});
