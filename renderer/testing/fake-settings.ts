import type { CoreClient, NetworkEntry } from '../../core/contract/index.ts';

type SettingsArea = Pick<CoreClient, Extract<keyof CoreClient, `network.${string}`>>;

const entry: NetworkEntry = {
  id: 3,
  startedAt: '2026-03-02T09:15:00.000Z',
  host: 'db.example.com',
  port: 5432,
  local: false,
  purpose: 'database',
  method: 'CONNECT',
  initiator: 'Shop (ann@shop)',
  outcome: 'succeeded',
  sentBytes: 812,
  receivedBytes: 20_480,
  durationMs: 1_250,
};

/** What the app asked of other machines, newest first. */
export const fakeNetwork: NetworkEntry[] = [
  entry,
  {
    ...entry,
    id: 2,
    host: 'models.example.com',
    port: 443,
    purpose: 'model',
    method: 'POST',
    initiator: '/v1/chat/completions',
    outcome: 'refused',
    message: 'Offline mode is on: nothing was sent to models.example.com:443.',
  },
  { ...entry, id: 1, host: '127.0.0.1', port: 54_329, local: true, initiator: 'studio@ecommerce' },
];

/** The ledger, settings, places and models over a few lines in memory. */
export function createFakeSettings(): SettingsArea {
  let lines = fakeNetwork;
  return {
    async 'network.list'({ local = false, purpose, outcome, text = '' }) {
      const entries = lines.filter(
        (line) =>
          (local || !line.local) &&
          (purpose === undefined || line.purpose === purpose) &&
          (outcome === undefined || line.outcome === outcome) &&
          `${line.host} ${line.initiator}`.toLowerCase().includes(text.toLowerCase()),
      );
      const remote = lines.filter((line) => !line.local).length;
      return { entries, matching: entries.length, remote, local: lines.length - remote };
    },
    async 'network.clear'() {
      const removed = lines.length;
      lines = [];
      return { removed };
    },
  };
}
