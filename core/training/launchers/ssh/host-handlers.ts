import {
  AppError,
  type CoreHandlers,
  type SshHost,
  type SshHostDraft,
  type TrainingRunInfo,
} from '../../../contract/index.ts';
import type { SshHosts } from './hosts.ts';

export type HostHandlers = Pick<
  CoreHandlers,
  `training.${'hosts' | 'saveHost' | 'removeHost' | 'testHost' | 'trustHost'}`
>;

export interface HostHandlersDeps {
  hosts: SshHosts;
  listRuns(): Promise<Pick<TrainingRunInfo, 'name' | 'target' | 'can'>[]>;
}

/** The SSH hosts through the contract. */
export function createHostHandlers({ hosts, listRuns }: HostHandlersDeps): HostHandlers {
  const expectFree = async ({ id, name }: SshHost): Promise<void> => {
    const all = await listRuns();
    const busy = all.filter(({ target, can }) => isOn(target, id) && !can.remove);
    if (busy.length > 0) throw stillTrains(name, busy);
  };
  return {
    'training.hosts': async () => hosts.list(),
    'training.saveHost': async (draft) => {
      const before = hosts.list().find(({ id }) => id === draft.id);
      if (before && isElsewhere(before, draft)) await expectFree(before);
      return hosts.save(draft);
    },
    'training.removeHost': async ({ id }) => {
      await expectFree(hosts.get(id));
      await hosts.remove(id);
      return {};
    },
    'training.testHost': (draft, { signal }) => hosts.test(draft, signal),
    'training.trustHost': async ({ host, port, fingerprint, draft }, { signal }) => {
      await hosts.trust({ host, port, fingerprint }, draft, signal);
      return {};
    },
  };
}

function isOn(target: TrainingRunInfo['target'], hostId: string): boolean {
  return target.kind === 'ssh' && target.hostId === hostId;
}

/** Whether runs that are there would be looked for in another place. */
function isElsewhere(before: SshHost, after: SshHostDraft): boolean {
  return (['host', 'port', 'user', 'folder'] as const).some((key) => before[key] !== after[key]);
}

function stillTrains(host: string, runs: readonly { name: string }[]): AppError {
  const names = runs.map(({ name }) => name).join(', ');
  return new AppError('CONFLICT', `${host} still has runs that have not ended: ${names}.`, {
    hint: 'Stop or cancel them first. If the machine has another address now, cancel a run twice, so that the app gives up, save the address, and resume it: it is followed again.',
  });
}
