import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { AppError, SshHost } from '../../../../contract/index.ts';
import type { LaunchContext } from '../../launcher.ts';
import { createSshHosts, type SshHosts } from '../hosts.ts';
import type { TestSshd } from './start-sshd.ts';

/** One kept host, `host`, whose key is known, with the app's folder `remote` beside the server's own files. */
export function hostsOf(server: TestSshd, trainerDir: string, more: Partial<SshHost> = {}): SshHosts {
  const host: SshHost = {
    ...{ id: 'host', name: 'Test', host: '127.0.0.1', port: server.port, user: server.user },
    auth: { kind: 'key', keyPath: server.keyPath },
    ...{ hasSecret: false, folder: join(server.folder, 'remote'), ...more },
  };
  return createSshHosts({
    rows: { get: () => [host], set: () => undefined },
    secrets: { get: async () => undefined, set: async () => undefined, remove: async () => undefined },
    ...{ knownHostsFile: join(server.folder, 'known'), otherKnownHosts: [], trainerDir },
  });
}

export interface Recorded extends LaunchContext {
  progressed: { note: string; done: number | undefined; total: number | undefined }[];
  logged: string[];
  /** What stood in the way, and `undefined` each time that it did not any more. */
  troubles: (AppError | undefined)[];
}

/** Keeps what a launcher says. */
export function recordContext(signal: AbortSignal): Recorded {
  const recorded: Pick<Recorded, 'progressed' | 'logged' | 'troubles'> = {
    ...{ progressed: [], logged: [], troubles: [] },
  };
  return {
    ...recorded,
    signal,
    progress: (note, done, total) => void recorded.progressed.push({ note, done, total }),
    log: (text) => void recorded.logged.push(text),
    unreachable: (why) => void recorded.troubles.push(why),
    paused: (why) => void recorded.troubles.push(why),
    waiting: () => undefined,
  };
}

/** Waits until a text stands in a file; fails after four minutes, or where what writes it has ended and said why. */
export async function untilFileHas(file: string, text: string, ended?: Promise<string>): Promise<void> {
  let said: string | undefined;
  void ended?.then((words) => (said = words));
  for (let attempt = 0; attempt < 2_400; attempt++) {
    if (readText(file).includes(text)) return;
    if (said !== undefined) break;
    await wait(100);
  }
  throw new Error(`${file} never had ${text}: ${said ?? ''}${readText(file).slice(-2_000)}`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
