import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  AppError,
  parseEndpoint,
  parseModelReference,
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
  type FileHashes,
  type ModelCatalogue,
} from '../../models/index.ts';
import type { SecretStore } from '../../postgres/index.ts';
import type { SettingRows } from '../../store/index.ts';
import { findSmaller } from './advise-smaller.ts';
import { chooseModel, findUse, type ConnectionAdapters } from './connection-adapters.ts';
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
  hashes: FileHashes;
  adapters: ConnectionAdapters;
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
    ...createQuantizeHandlers({
      ...{ jobs, folder: folders.models, hashes: deps.hashes },
      refuseUsed: (file) => refuseUsed(file, deps),
    }),
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
      refuseUsed(path, deps);
      if (models.describeLoaded()?.path === path) await models.unload();
      return { freedBytes: await deleteModel(path, folders) };
    },
  } satisfies Partial<CoreHandlers>;
}

/** @throws AppError CONFLICT where the file, or what lies in the folder, is used now */
export function refuseUsed(
  file: string,
  { inUse, adapters }: Pick<ModelHandlersDeps, 'inUse' | 'adapters'>,
): void {
  const use = findUse(file, { inUse: inUse(), adapters });
  if (use !== undefined) throw new AppError('CONFLICT', use, { hint: 'Choose another one first.' });
}

function createAdapterHandlers(
  { runsDir, inUse, adapters: chosen, hashes }: ModelHandlersDeps,
  folders: { models: string },
) {
  const listChosen = () =>
    Object.fromEntries(Object.entries(chosen.get()).map(([id, kept]) => [id, kept.path]));
  const modelInUse = () => (parseEndpoint(inUse()) ? undefined : inUse());
  return {
    'models.adapters': () =>
      listAdapters({
        folders: { models: folders.models, runs: runsDir },
        modelInUse,
        describe: describeAdapter,
        holdAgainst: inspectAdapter,
      }),
    'models.connectionAdapters': async () => listChosen(),
    'models.answering': async ({ connectionId }) => {
      const { reference, ignored } = chooseModel(inUse(), connectionId, { adapters: chosen, hashes });
      return { path: reference, ...(ignored && { ignored }) };
    },
    'models.setConnectionAdapter': async ({ connectionId, path }) => {
      const { [connectionId]: _, ...others } = chosen.get();
      if (path === undefined) chosen.set(others);
      else {
        const model = modelInUse();
        if (model === undefined) throw noAdapterOnServer();
        const base = parseModelReference(model);
        if (base.adapterPath !== undefined) throw hasAdapter();
        await inspectAdapter(path, model);
        const modelSha256 = await hashes.of(model);
        const kept = { path, model, ...(modelSha256 !== undefined && { modelSha256 }) };
        chosen.set({ ...others, [connectionId]: kept });
      }
      return listChosen();
    },
  } satisfies Partial<CoreHandlers>;
}

function hasAdapter(): AppError {
  return new AppError('MODEL_INCOMPATIBLE', 'The model in use has an adapter of its own.', {
    hint: 'Use the model without it first, on the Models page.',
  });
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

/** The key of a server that is kept. */
export function readServerKey(secrets: SecretStore): (id: string) => Promise<string | undefined> {
  return (id) => secrets.get(secretOfServer(id));
}
