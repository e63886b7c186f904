import {
  AppError,
  formatModelReference,
  type AdapterInfo,
  type BaseModelInfo,
  type CoreClient,
  type ListedModel,
  type ModelFigures,
  type ModelReport,
  type ModelServer,
  type ModelSpeed,
  type Share,
} from '../../core/contract/index.ts';

type ModelsArea = Pick<
  CoreClient,
  | 'models.catalogue'
  | 'models.details'
  | 'models.add'
  | 'models.forget'
  | 'models.load'
  | 'models.unload'
  | 'models.hub'
  | 'models.hubAccess'
  | 'models.setHubToken'
  | 'models.download'
  | 'models.servers'
  | 'models.saveServer'
  | 'models.removeServer'
  | 'models.testServer'
  | 'models.figures'
  | 'models.bench'
  | 'models.startQuantize'
  | 'models.startReport'
  | 'models.reports'
  | 'models.removeReport'
  | 'models.exportReport'
  | 'models.loaded'
  | 'models.memory'
  | 'models.adapters'
  | 'models.bases'
  | 'models.delete'
  | 'models.connectionAdapters'
  | 'models.setConnectionAdapter'
  | 'models.answering'
>;

const folder = '/home/ann/.local/share/sql-codegen-studio/models';

const starter: ListedModel = {
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
  owned: false,
};

/** The starter, a larger one that was added, and one that a training run made. */
export const fakeModels: ListedModel[] = [
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
  {
    ...starter,
    name: 'Support desk',
    path: `${folder}/support-desk-Q8_0.gguf`,
    targetForm: 'sql',
    chatTemplate: true,
    state: 'unloaded',
    embedded: false,
    owned: true,
    licence: 'apache-2.0',
    origin: {
      kind: 'run',
      runId: '20260301-support',
      run: 'Support desk',
      base: 'mistralai/Mistral-7B-v0.3',
      quantization: 'Q8_0',
      sourceHash: 'a'.repeat(64),
      licence: 'apache-2.0',
      createdAt: '2026-03-01T18:20:00.000Z',
    },
  },
];

export const fakeAdapters: AdapterInfo[] = [
  {
    kind: 'gguf',
    name: 'shop-adapter',
    path: `${folder}/shop-adapter-f16.gguf`,
    sizeBytes: 83_886_080,
    rank: 16,
    alpha: 32,
    base: 'llama',
    owned: true,
    fits: true,
  },
  {
    kind: 'peft',
    name: 'shop-run',
    path: '/studio/runs/shop-run/adapter',
    sizeBytes: 167_772_160,
    rank: 16,
    alpha: 32,
    base: 'mistralai/Mistral-7B-v0.3',
    owned: false,
    fits: false,
    misfit: 'It is a folder of PEFT: export its run to run it here.',
  },
];

export const fakeBases: BaseModelInfo[] = [
  {
    name: 'mistralai/Mistral-7B-v0.3',
    path: '/home/ann/.local/share/sql-codegen-studio/base-models/mistralai/Mistral-7B-v0.3',
    sizeBytes: 14_496_000_000,
    architecture: 'MistralForCausalLM',
    dtype: 'bfloat16',
    licence: 'apache-2.0',
    owned: true,
  },
];

const share = (count: number, n: number): Share => ({
  ...{ n, count, share: count / n },
  ...{ low: Math.max(0, count / n - 0.05), high: Math.min(1, count / n + 0.05) },
});

const speed = (tokensPerSecond: number, memoryBytes: number): ModelSpeed => ({
  measuredAt: '2026-03-02T09:00:00.000Z',
  device: 'cpu',
  threads: 4,
  loadMs: 900,
  promptTokensPerSecond: tokensPerSecond * 9,
  tokensPerSecond,
  memoryBytes,
  gpuLayers: 0,
  layers: 33,
  estimatedBytes: memoryBytes * 0.97,
});

export const fakeFigures: ModelFigures[] = [
  {
    path: '/models/mistral-sql-Q4_K_M.gguf',
    accuracy: [
      {
        evaluationId: '20260302-090000-aaaa',
        split: 'demo',
        mode: 'voted',
        execution: share(52, 60),
        measuredAt: '2026-03-02T09:00:00.000Z',
      },
    ],
    speed: speed(12.4, 5_000_000_000),
  },
];

export const fakeReport: ModelReport = {
  id: '20260302-100000-bbbb',
  state: 'succeeded',
  createdAt: '2026-03-02T10:00:00.000Z',
  request: { paths: ['/models/a-Q8_0.gguf', '/models/a-Q4_K_M.gguf'], split: 'demo', limit: 60 },
  rows: [
    {
      ...{ path: '/models/a-Q8_0.gguf', name: 'a', quantization: 'Q8_0', sizeBytes: 7_700_000_000 },
      ...{ execution: share(53, 60), medianMs: 1_900, speed: speed(8.1, 8_200_000_000) },
    },
    {
      ...{ path: '/models/a-Q4_K_M.gguf', name: 'a', quantization: 'Q4_K_M', sizeBytes: 4_370_000_000 },
      ...{ execution: share(51, 60), medianMs: 1_300, speed: speed(12.4, 5_000_000_000) },
    },
  ],
};

const shopServer: ModelServer = {
  id: 'server-1',
  name: 'Team vLLM',
  url: 'http://gpu.internal.example:8000/v1',
  model: 'mistral-sql',
  hasKey: true,
  path: 'http://gpu.internal.example:8000/v1#model=mistral-sql&server=server-1',
  local: false,
};

/** Models, adapters, bases, servers and reports over a few lines in memory. */
export function createFakeModels(): ModelsArea {
  let models = fakeModels;
  let servers = [shopServer];
  let reports = [fakeReport];
  let adapters: Record<string, string> = {};
  let token: 'none' | 'kept' = 'none';
  const access = () => ({ endpoint: 'https://huggingface.co', token });
  return {
    'models.catalogue': async () => ({ models, inUse: starter.path, folder, missing: [] }),
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
    async 'models.hub'({ id }) {
      if (id !== 'bartowski/Mistral-7B-SQL-GGUF') {
        throw new AppError('NOT_FOUND', `The hub has no repository ${id}.`, { hint: 'Check its name.' });
      }
      return {
        id,
        revision: 'c'.repeat(40),
        licence: 'apache-2.0',
        gated: false,
        ggufFiles: [
          {
            file: 'Mistral-7B-SQL-Q8_0.gguf',
            sizeBytes: 7_700_000_000,
            quantization: 'Q8_0',
            here: false,
          },
          {
            file: 'Mistral-7B-SQL-Q4_K_M.gguf',
            sizeBytes: 4_370_000_000,
            quantization: 'Q4_K_M',
            here: true,
          },
        ],
        folder: { files: 9, sizeBytes: 14_496_000_000, architecture: 'MistralForCausalLM', here: false },
      };
    },
    'models.hubAccess': async () => access(),
    async 'models.setHubToken'(input) {
      token = input.token === '' ? 'none' : 'kept';
      return access();
    },
    'models.download': async () => ({ jobId: 'job-download' }),
    'models.servers': async () => servers,
    async 'models.saveServer'({ apiKey, ...draft }) {
      const id = draft.id ?? `server-${servers.length + 1}`;
      const path = `${draft.url}#server=${id}`;
      const saved = { ...draft, id, path, hasKey: !!apiKey, local: /localhost|127\./.test(draft.url) };
      servers = [...servers.filter((one) => one.id !== id), saved];
      return saved;
    },
    async 'models.removeServer'({ id }) {
      servers = servers.filter((one) => one.id !== id);
      return {};
    },
    'models.testServer': async ({ url }) =>
      url.includes('nowhere')
        ? {
            kind: 'failed',
            error: {
              code: 'CONNECTION_REFUSED',
              message: `Nothing answers at ${url}.`,
              hint: 'Start the server, or correct the address.',
            },
          }
        : { kind: 'ok', models: ['mistral-sql', 'other'], latencyMs: 12 },
    'models.figures': async () => fakeFigures,
    'models.bench': async () => speed(120, 60_000_000),
    'models.startQuantize': async () => ({ jobId: 'job-quantize' }),
    'models.startReport': async () => ({ id: fakeReport.id, jobId: 'job-report' }),
    'models.reports': async () => reports,
    async 'models.removeReport'({ id }) {
      reports = reports.filter((one) => one.id !== id);
      return {};
    },
    'models.exportReport': async () => ({
      fileName: 'models.json',
      mediaType: 'application/json',
      text: '{}',
    }),
    'models.loaded': async () => ({
      loaded: {
        path: starter.path,
        device: 'cpu',
        gpuLayers: 0,
        layers: 5,
        contextSize: 1_024,
        sequences: 8,
        estimatedBytes: 30_000_000,
      },
    }),
    'models.memory': async ({ path }) => ({
      path,
      device: 'cpu',
      gpuLayers: 0,
      layers: 33,
      contextSize: 4_096,
      sequences: 1,
      neededBytes: 5_100_000_000,
      freeBytes: 9_000_000_000,
      gpuNeededBytes: 0,
      gpuFreeBytes: 0,
      fits: true,
    }),
    'models.adapters': async () => fakeAdapters,
    'models.bases': async () => fakeBases,
    async 'models.delete'({ path }) {
      const found = models.find((model) => model.path === path);
      models = models.filter((model) => model.path !== path);
      return { freedBytes: found?.sizeBytes ?? 0 };
    },
    'models.connectionAdapters': async () => adapters,
    'models.answering': async ({ connectionId }) => ({
      path: formatModelReference({ path: starter.path, adapterPath: adapters[connectionId] }),
    }),
    async 'models.setConnectionAdapter'({ connectionId, path }) {
      const { [connectionId]: _, ...others } = adapters;
      adapters = path === undefined ? others : { ...others, [connectionId]: path };
      return adapters;
    },
  };
}
