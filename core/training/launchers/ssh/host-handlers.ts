import type { CoreHandlers } from '../../../contract/index.ts';
import type { SshHosts } from './hosts.ts';

export type HostHandlers = Pick<
  CoreHandlers,
  `training.${'hosts' | 'saveHost' | 'removeHost' | 'testHost' | 'trustHost'}`
>;

/** The SSH hosts through the contract. */
export function createHostHandlers({ hosts }: { hosts: SshHosts }): HostHandlers {
  return {
    'training.hosts': async () => hosts.list(),
    'training.saveHost': (draft) => hosts.save(draft),
    'training.removeHost': async ({ id }) => {
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
