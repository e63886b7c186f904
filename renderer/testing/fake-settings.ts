import type { CoreClient, ModelInfo, NetworkEntry, Place, TrainingRun } from '../../core/contract/index.ts';

type SettingsArea = Pick<
  CoreClient,
  | Extract<keyof CoreClient, `network.${string}`>
  | 'app.places'
  | 'app.updateStatus'
  | 'app.checkForUpdates'
  | 'models.catalogue'
  | 'models.details'
  | 'models.add'
  | 'models.forget'
  | 'models.load'
  | 'models.unload'
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

const starter: ModelInfo = {
  name: 'Studio starter',
  path: '/studio/data/models/starter.gguf',
  sizeBytes: 4_565_920,
  architecture: 'llama',
  quantization: 'MOSTLY_Q8_0',
  parameters: 4_200_000,
  contextSize: 1_024,
  targetForm: 'sketch',
  state: 'loaded',
  embedded: true,
};

/** The starter, and a larger one that was added. */
export const fakeModels: ModelInfo[] = [
  starter,
  {
    ...starter,
    name: 'Mistral 7B SQL',
    path: '/models/mistral-sql-Q4_K_M.gguf',
    sizeBytes: 4_372_811_776,
    quantization: 'MOSTLY_Q4_K_M',
    parameters: 7_241_732_096,
    contextSize: 32_768,
    targetForm: 'sql',
    chatTemplate: true,
    state: 'unloaded',
    embedded: false,
  },
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

/** The ledger, settings, places and models over a few lines in memory. */
export function createFakeSettings(): SettingsArea {
  let lines = fakeNetwork;
  let models = fakeModels;
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
    'models.catalogue': async () => ({
      models,
      inUse: starter.path,
      folder: '/home/ann/.local/share/sql-codegen-studio/models',
      missing: [],
    }),
    'models.details': async ({ path }) => ({
      info: models.find((model) => model.path === path) ?? starter,
      metadata: [
        { key: 'general.architecture', value: 'llama' },
        { key: 'llama.context_length', value: '1024' },
      ],
      chatTemplate: '{{ messages[0].content }}',
      tensorTypes: [
        { type: 'Q8_0', tensors: 57, parameters: 4_100_000 },
        { type: 'F32', tensors: 17, parameters: 6_000 },
      ],
    }),
    async 'models.add'({ path }) {
      const added = { ...starter, name: 'Added', path, embedded: false, state: 'unloaded' as const };
      models = [...models, added];
      return added;
    },
    async 'models.forget'({ path }) {
      models = models.filter((model) => model.path !== path);
      return {};
    },
    async 'models.load'({ path }) {
      models = models.map((model) => ({ ...model, state: model.path === path ? 'loaded' : 'unloaded' }));
      return {};
    },
    async 'models.unload'() {
      models = models.map((model) => ({ ...model, state: 'unloaded' }));
      return {};
    },
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
