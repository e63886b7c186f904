import type { CoreClient, NetworkEntry, Place, TrainingRun } from '../../core/contract/index.ts';

type SettingsArea = Pick<
  CoreClient,
  | Extract<keyof CoreClient, `network.${string}`>
  | 'app.places'
  | 'app.updateStatus'
  | 'app.checkForUpdates'
  | 'training.runs'
>;

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

const place = (id: Place['id'], path: string, bytes: number): Place => ({
  ...{ id, path, bytes },
  exists: bytes > 0,
  files: bytes > 0 ? 3 : 0,
  atLeast: false,
});

export const fakeRuns: TrainingRun[] = [
  {
    name: 'starter',
    runDir: '/studio/runs/starter',
    state: 'finished',
    lastEventAt: '2026-03-01T18:20:00Z',
    step: 5_200,
    totalSteps: 5_200,
    trainingLoss: 0.041,
    validationLoss: 0.093,
    checkpoints: 3,
    artifacts: [{ kind: 'gguf', path: 'gguf/starter-Q8_0.gguf' }],
    complete: true,
  },
];

/** The ledger, settings and places over a few lines in memory. */
export function createFakeSettings(): SettingsArea {
  let lines = fakeNetwork;
  return {
    'app.places': async () => [
      place('data', '/home/ann/.local/share/sql-codegen-studio', 90_000_000),
      place('models', '/home/ann/.local/share/sql-codegen-studio/models', 0),
      place('dataset', '/studio/data', 1_200_000_000),
    ],
    'app.updateStatus': async () => ({
      state: 'unavailable',
      message: 'Only the packaged app brings updates.',
    }),
    'app.checkForUpdates': async () => ({ state: 'unavailable' }),
    'training.runs': async () => ({ folder: '/studio/runs', trainerDir: '/studio/training', runs: fakeRuns }),
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
