import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  AppError,
  formatModelReference,
  parseEndpoint,
  type CoreHandlers,
  type EvaluationSummary,
  type MemoryEstimate,
} from '../../contract/index.ts';
import type { RunEvaluationDeps, RunFolder } from '../../evaluation/index.ts';
import {
  describeAdapter,
  estimateMemory,
  inspectAdapter,
  inspectModel,
  measureFile,
  testEndpoint,
  type ModelPool,
} from '../../generation/index.ts';
import type { Jobs } from '../../jobs/index.ts';
import {
  createModelServerHandlers,
  deleteModel,
  listAdapters,
  listBaseModels,
  locateStarterBase,
  secretOfServer,
  storedServerSchema,
  type ModelCatalogue,
} from '../../models/index.ts';
import type { SecretStore } from '../../postgres/index.ts';
import type { SettingRows } from '../../store/index.ts';
import { findSmaller } from './advise-smaller.ts';
import { createModelDownloadHandlers } from './download-job.ts';
import { createModelSpeeds, readFigures } from './figures.ts';
import { createQuantizeHandlers } from './quantize-job.ts';
import { createReportFolder } from './report-folder.ts';
import { createModelReportHandlers } from './report-job.ts';

export interface ModelHandlersDeps {
  dataDir: string;
  runsDir: string;
  starterModel: string;
  jobs: Jobs;
  secrets: SecretStore;
  settings: SettingRows;
  models: ModelPool;
  catalogue: ModelCatalogue;
  /** The model for questions that name none. */
  inUse(): string;
  /** Another model for them; undefined is the starter. */
  setInUse(path: string | undefined): void;
  evaluation: RunEvaluationDeps;
  runs: RunFolder;
  listEvaluations(): Promise<EvaluationSummary[]>;
}

/** What the app knows about models beyond running one: adapters, servers, downloads, figures. */
export function createModelAppHandlers(deps: ModelHandlersDeps) {
  const { dataDir, jobs, secrets, settings, models } = deps;
  const folders = { models: join(dataDir, 'models'), baseModels: join(dataDir, 'base-models') };
  const speeds = createModelSpeeds(dataDir);
  return {
    ...createModelDownloadHandlers({ dataDir, jobs, secrets }),
    ...createQuantizeHandlers({ jobs, folder: folders.models }),
    ...createModelReportHandlers({
      ...{ jobs, speeds, evaluation: deps.evaluation, runs: deps.runs, measure: measureFile },
      folder: createReportFolder(join(dataDir, 'model-reports')),
      unload: models.unload,
    }),
    ...createModelServerHandlers({
      rows: {
        get: () => settings.get('models.servers', z.array(storedServerSchema)) ?? [],
        set: (servers) => settings.set('models.servers', servers),
      },
      secrets,
      onChanged: (before, after) => void (deps.inUse() === before && deps.setInUse(after)),
      test: (endpoint, apiKey, signal) =>
        testEndpoint({ ...endpoint, server: 'tested' }, signal, {
          readServerKey: async () => apiKey,
          timeoutMs: 60_000,
        }),
    }),
    ...createAdapterHandlers(deps, folders),
    'models.figures': async () => {
      const { name, path } = await inspectModel(deps.starterModel);
      return readFigures(speeds, await deps.listEvaluations(), { name, path });
    },
    'models.bases': async () => {
      const starter = locateStarterBase();
      const shipped = existsSync(join(starter, 'config.json')) ? starter : undefined;
      return listBaseModels({ folder: folders.baseModels, starter: shipped });
    },
    'models.loaded': async () => {
      const loaded = models.describeLoaded();
      return loaded ? { loaded } : {};
    },
    'models.memory': async ({ path, adapterPath }): Promise<MemoryEstimate> => {
      const estimate = await estimateMemory(path, { adapterPath });
      const smaller = estimate.fits ? undefined : await findSmaller(deps.catalogue, path);
      return { ...estimate, ...(smaller ? { smaller } : {}) };
    },
    'models.delete': async ({ path }) => {
      if (deps.inUse() === path) throw isInUse();
      if (models.describeLoaded()?.path === path) await models.unload();
      const freedBytes = await deleteModel(path, folders);
      const { get, set } = connectionAdapters(settings);
      set(Object.fromEntries(Object.entries(get()).filter(([, adapter]) => adapter !== path)));
      return { freedBytes };
    },
  } satisfies Partial<CoreHandlers>;
}

function isInUse(): AppError {
  return new AppError('CONFLICT', 'This model answers the questions now.', {
    hint: 'Choose another one first.',
  });
}

const adaptersSchema = z.record(z.string(), z.string());

function connectionAdapters(settings: SettingRows) {
  return {
    get: () => settings.get('models.adapters', adaptersSchema) ?? {},
    set: (adapters: Record<string, string>) => settings.set('models.adapters', adapters),
  };
}

function createAdapterHandlers({ runsDir, settings, inUse }: ModelHandlersDeps, folders: { models: string }) {
  const chosen = connectionAdapters(settings);
  const modelInUse = () => (parseEndpoint(inUse()) ? undefined : inUse());
  return {
    'models.adapters': () =>
      listAdapters({
        folders: { models: folders.models, runs: runsDir },
        modelInUse,
        describe: describeAdapter,
        holdAgainst: inspectAdapter,
      }),
    'models.connectionAdapters': async () => chosen.get(),
    'models.setConnectionAdapter': async ({ connectionId, path }) => {
      const { [connectionId]: _, ...others } = chosen.get();
      if (path === undefined) chosen.set(others);
      else {
        const model = modelInUse();
        if (model === undefined) throw noAdapterOnServer();
        await inspectAdapter(path, model);
        chosen.set({ ...others, [connectionId]: path });
      }
      return chosen.get();
    },
  } satisfies Partial<CoreHandlers>;
}

function noAdapterOnServer(): AppError {
  return new AppError(
    'MODEL_INCOMPATIBLE',
    'The model in use is a server’s, which loads its adapters itself.',
    {
      hint: 'Serve the adapter there under a name of its own (vLLM: --lora-modules), or use a GGUF file.',
    },
  );
}

/** The model for a connection's questions: the one in use, with the adapter that was chosen for the connection. */
export function chooseModel(settings: SettingRows, inUse: string, connectionId: string): string {
  if (parseEndpoint(inUse)) return inUse;
  return formatModelReference({ path: inUse, adapterPath: connectionAdapters(settings).get()[connectionId] });
}

/** The key of a server that is kept. */
export function readServerKey(secrets: SecretStore): (id: string) => Promise<string | undefined> {
  return (id) => secrets.get(secretOfServer(id));
}
