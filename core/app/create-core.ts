import { join } from 'node:path';
import { z } from 'zod';
import {
  demoNameSchema,
  sshHostSchema,
  type CoreHandlers,
  type HandlerContext,
  type LoopModel,
  type SshHost,
} from '../contract/index.ts';
import { createDatasetHandlers } from '../dataset/handlers.ts';
import { createVerifiedHandlers } from '../dataset/verified/verified-handlers.ts';
import { createDemoHandlers, loadDemoDatabase } from '../demo/index.ts';
import { createEvaluationHandlers, createRunFolder, type RunEvaluationDeps } from '../evaluation/index.ts';
import {
  checkModel,
  createGenerationHandlers,
  createModelPool,
  inspectModel,
  readDetails,
} from '../generation/index.ts';
import { createJobs, createJobsHandlers, openLineFile } from '../jobs/index.ts';
import {
  createFileHashes,
  createModelCatalogue,
  createModelLibraryHandlers,
  createModelsHandlers,
  keptHashesSchema,
  locateStarterModel,
  quantizeModel,
} from '../models/index.ts';
import { createNetworkHandlers } from '../network/index.ts';
import {
  createConnections,
  createConnectionsHandlers,
  createEmbeddedServerManager,
  createPlanHandlers,
  createPostgresHandlers,
  createResultHandlers,
  createWriteHandlers,
  openSecretStore,
  redactConnectionId,
  type Connections,
  type SecretStore,
} from '../postgres/index.ts';
import {
  createSchemaHandlers,
  createSchemaReader,
  readHints,
  type SchemaReader,
  type ValueIndexes,
} from '../schema/index.ts';
import { createExplainHandlers } from '../sql/index.ts';
import {
  createDiagramHandlers,
  createSettingsHandlers,
  changeSettings,
  createWorkspaceHandlers,
  ensureDataDir,
  openStore,
  readSettings,
  type HistoryRows,
  type SettingRows,
} from '../store/index.ts';
import { openAppNetwork } from './app-network.ts';
import { createColabLauncher } from '../training/launchers/colab/index.ts';
import { createHostHandlers, createSshHosts, createSshLauncher } from '../training/launchers/ssh/index.ts';
import { createTrainingHandlers } from '../training/index.ts';
import { createAppHandlers, type Updates } from './app-handlers.ts';
import {
  locateDatasetDir,
  locateRunsDir,
  locateTrainerDir,
  locateTrainerTools,
  storeFile,
} from './app-paths.ts';
import { defineDatasetBuild } from './dataset-build-job.ts';
import { createDatasetEditingHandlers } from './dataset-editing-handlers.ts';
import { createDemoResolver } from './demo-resolver.ts';
import { createSplitReader } from './evaluation/describe-splits.ts';
import { createEvaluationDatabases } from './evaluation/evaluation-databases.ts';
import { listCases, listMeasured } from './evaluation/list-cases.ts';
import { keepValues } from './keep-values.ts';
import { composeLoop } from './loop/compose-loop.ts';
import { readVerified } from './loop/read-verified.ts';
import { createModelStatements } from './model-statements.ts';
import { expectMachine } from '../training/setup/index.ts';
import { createTaskFileHandlers } from '../training/task-files.ts';
import { loadWithAdvice } from './models/advise-smaller.ts';
import { chooseModel, keepConnectionAdapters } from './models/connection-adapters.ts';
import { createModelAppHandlers, readServerKey, refuseUsed } from './models/model-handlers.ts';
import { createSuiteRunner } from './test-suite/create-suite-runner.ts';
import { composeTraining } from './training/compose-training.ts';

export interface CoreOptions {
  /** Folder of the app's own data: the store, the embedded server, models. */
  dataDir: string;
  version: string;
  /** Holds the dataset's raw/ and processed/. Defaults to the project's `data` in a checkout, else `<dataDir>/dataset`. */
  datasetDir?: string;
  /** Defaults to the operating system's keyring, else a file that only the user can read. */
  secretStore?: SecretStore;
  /** How newer versions come; the packaged app's shell brings it. */
  updates?: Updates | undefined;
  /** Follow training runs again that an ended process of the app left running. Defaults to true. */
  attachRuns?: boolean;
}

export interface Core {
  handlers: CoreHandlers;
  /** Shuts everything down in order. Open calls should have been aborted: close their transports first. */
  close(options?: CloseOptions): Promise<void>;
}

export interface CloseOptions {
  /** The embedded server goes on. Defaults to false. */
  leaveServer?: boolean;
  /** Training goes on whatever the setting says. Defaults to false. */
  leaveRuns?: boolean;
}

/**
 * Composes the domains into one core. Nothing heavy starts here: the embedded server and the model come with the
 * first call that needs them. @throws AppError when the store cannot be opened.
 */
export async function createCore({ dataDir, version, secretStore, ...options }: CoreOptions): Promise<Core> {
  ensureDataDir(dataDir);
  const trainerDir = locateTrainerDir(dataDir);
  const datasetDir = options.datasetDir ?? locateDatasetDir(dataDir);
  const store = openStore({ file: storeFile(dataDir) });
  const closeNetwork = openAppNetwork(store);
  const secrets = secretStore ?? (await openSecretStore({ dataDir }));
  const server = createEmbeddedServerManager({
    dataDir,
    loadDatabase: (running, name, options) => loadDemoDatabase(running, demoNameSchema.parse(name), options),
  });
  const connections = createConnections({
    store: store.connections,
    secrets,
    demo: createDemoResolver(server),
  });
  const measured = createEvaluationDatabases({ datasetDir, server });
  const open: Connections['open'] = (id, options = {}) =>
    measured.knows(id) ? measured.open(id, options) : connections.open(id, options);
  const openDatabase = (id: string, { signal }: HandlerContext) => open(id, { signal });
  const schemas: SchemaReader = createSchemaReader({
    connections: { open },
    keptValues: (id) => values.samplesOf(id),
  });
  const values: ValueIndexes = keepValues({
    ...{ dataDir, settings: store.settings, open, schemaOf: schemas.schemaOf },
    isOurs: (id) => id.startsWith('demo:') || measured.knows(id),
  });
  const sshHosts = createSshHosts({
    rows: keepSshHosts(store.settings),
    ...{ secrets, knownHostsFile: join(dataDir, 'known_hosts'), trainerDir },
  });
  const models = createModelPool({
    load: loadWithAdvice(() => catalogue),
    readServerKey: readServerKey(secrets),
  });
  const jobs = createJobs({ rows: store.jobs, dataDir });
  const startBuild = defineDatasetBuild(jobs, datasetDir);
  const starterModel = locateStarterModel();
  const defaultModel = () => readSettings(store.settings).modelPath || starterModel;
  const history = withoutPasswords(store.history);
  const ask = {
    openDatabase,
    readSchema: schemas.schemaOf,
    readHints: (id: string, question: string, context: HandlerContext) =>
      readHints(schemas, id, question, context),
    models,
    defaultModel,
  };
  const catalogue = createModelCatalogue({
    dataDir,
    starterModel,
    inspect: inspectModel,
    stateOf: models.stateOf,
  });
  const added = keepPaths(store.settings, 'models.added');
  const describeSplits = createSplitReader(datasetDir);
  const hashes = createFileHashes({
    get: () => store.settings.get('models.hashes', keptHashesSchema) ?? {},
    set: (kept) => store.settings.set('models.hashes', kept),
  });
  const adapters = keepConnectionAdapters(store.settings);
  const answering = (model: string, connectionId: string) =>
    chooseModel(model, connectionId, { adapters, hashes });
  const generation = createGenerationHandlers({
    ...ask,
    defaultModel: (connectionId) => answering(defaultModel(), connectionId).reference,
    ignoredAdapter: (connectionId) => answering(defaultModel(), connectionId).ignored,
    history,
  });
  const runs = createRunFolder(join(dataDir, 'evaluations'), openLineFile);
  const evaluationDeps: RunEvaluationDeps = {
    ...{ ask, openDatabase },
    listCases: (split, { signal }) => listCases(datasetDir, split, signal),
    runTestSuite: createSuiteRunner({
      ...{ server, openDatabase, cacheDir: join(datasetDir, 'cache', 'test-suite') },
    }),
  };
  const evaluation = createEvaluationHandlers({ ...evaluationDeps, jobs, folder: runs, describeSplits });
  const training = composeTraining({
    ...{ dataDir, datasetDir, jobs, settings: store.settings },
    ...{ runsDir: locateRunsDir(dataDir), trainerDir },
    tools: locateTrainerTools(dataDir),
    // Launchers of other machines: ssh, colab.
    launchers: {
      ssh: createSshLauncher({ hosts: sshHosts, trainerDir }),
      colab: createColabLauncher({
        trainerDir,
        stateDir: join(dataDir, 'uploads'),
      }),
    },
    nameOfHost: (hostId) => sshHosts.list().find(({ id }) => id === hostId)?.name ?? hostId,
    readVerified: (id, form, signal) => readVerified(id, form, { examples: store.verified, ...ask }, signal),
    findVerified: store.verified.get,
    listConnections: () => connections.list(),
    listVerified: () => store.verified.list(),
    listMeasured: (signal) => listMeasured(datasetDir, signal),
    describeSplits,
    examineHost: async (hostId, signal) => expectMachine(await sshHosts.test(sshHosts.get(hostId), signal)),
    quantize: (wanted) => quantizeModel({ ...wanted, replace: true, inspect: inspectModel }),
  });
  if (options.attachRuns !== false) void training.runs.attach().catch(() => undefined);
  const loop = composeLoop({
    ...{ dataDir, runsDir: locateRunsDir(dataDir), settings: store.settings, jobs, starterModel },
    ...{ catalogue, hashes, added, describeSplits, evaluation: { ask, openDatabase } },
    ...{ examples: store.verified, history: store.history },
    referTo: ({ path }, connectionId) => answering(path, connectionId).reference,
    listConnections: () => connections.list(),
    listCases: (split, signal) => listCases(datasetDir, split, signal),
  });
  const written = createModelStatements();
  const close: Core['close'] = async ({ leaveServer = false, leaveRuns = false } = {}) => {
    training.beginClosing({ leaveRuns });
    await jobs.close();
    await values.close();
    await models.close();
    await measured.close();
    await connections.close();
    await (leaveServer ? server.leave() : server.stop());
    closeNetwork();
    store.close();
  };
  let closed: Promise<void> | undefined;
  return {
    handlers: {
      ...createAppHandlers({
        info: {
          ...{ version, dataDir, platform: process.platform },
          ...{ secretStore: secrets.kind, secretStoreNote: secrets.note },
        },
        datasetDir,
        updates: options.updates,
        updatesAllowed: () => readSettings(store.settings).updates === true,
      }),
      ...createSchemaHandlers({ connections: { open }, reader: schemas, values }),
      ...notingModels(createSettingsHandlers({ settings: store.settings }), defaultModel, loop.noteChange),
      ...createWorkspaceHandlers({ settings: store.settings }),
      ...createDiagramHandlers({ settings: store.settings }),
      ...forgetting(schemas, values, createConnectionsHandlers({ connections })),
      ...createNetworkHandlers({ ledger: store.network }),
      ...createPostgresHandlers({ connections, history, server }),
      ...createPlanHandlers({ connections }),
      ...createExplainHandlers(),
      ...createResultHandlers({ open }),
      ...createWriteHandlers({ connections, history, modelStatements: written.list }),
      ...createDatasetHandlers({ datasetDir }),
      ...createDatasetEditingHandlers({ datasetDir, startBuild }),
      ...createVerifiedHandlers({
        examples: store.verified,
        openDatabase,
        readSchema: (id, { signal }) => schemas.schemaOf(id, { signal }),
      }),
      ...createDemoHandlers({ server }),
      ...createJobsHandlers({ jobs }),
      ...createModelsHandlers({
        catalogue,
        preload: (signal) => models.preload(defaultModel(), signal),
        inspect: inspectModel,
        refuseUsed: (file) => refuseUsed(file, { inUse: defaultModel, adapters }),
        check: checkModel,
      }),
      ...createModelLibraryHandlers({
        catalogue,
        folder: join(dataDir, 'models'),
        inUse: defaultModel,
        added,
        readDetails,
        load: (path, signal, anyway) => models.preload(path, signal, { anyway }),
        unload: models.unload,
      }),
      ...createHostHandlers({ hosts: sshHosts, listRuns: training.runs.list }),
      ...createModelAppHandlers({
        ...{ dataDir, starterModel, jobs, secrets, settings: store.settings, models, catalogue, runs },
        ...{ hashes, adapters },
        runsDir: locateRunsDir(dataDir),
        inUse: defaultModel,
        setInUse(path) {
          const before = { path: defaultModel() };
          changeSettings(store.settings, { modelPath: path ?? '' });
          void loop.noteChange(before).catch(() => undefined);
        },
        evaluation: evaluationDeps,
        listEvaluations: () => evaluation['evaluation.list']({}, { signal: new AbortController().signal }),
      }),
      ...training.handlers,
      'training.remove': async (input, context) => {
        refuseUsed(join(locateRunsDir(dataDir), input.runId), { inUse: defaultModel, adapters });
        // What its models were trained on outlives it.
        await loop.handlers['loop.version'](input, context).catch(() => undefined);
        return training.handlers['training.remove'](input, context);
      },
      ...createTaskFileHandlers({
        ...{ plan: training.plan, written: training.written, trainerDir },
        ...{ foldersDir: join(dataDir, 'training-folders'), runsDir: locateRunsDir(dataDir) },
      }),
      ...createTrainingHandlers({ runsDir: locateRunsDir(dataDir), trainerDir }),
      ...loop.handlers,
      ...generation,
      'generation.ask': written.watch(generation['generation.ask']),
      'generation.repair': written.watchRepair(generation['generation.repair']),
      ...evaluation,
    },
    // A second time it is closed already.
    close: (how = {}) => (closed ??= close(how)),
  };
}

function keepSshHosts(settings: SettingRows) {
  const key = 'training.hosts';
  return {
    get: () => settings.get(key, z.array(sshHostSchema)) ?? [],
    set: (hosts: SshHost[]) => settings.set(key, hosts),
  };
}

type SettingsHandlers = ReturnType<typeof createSettingsHandlers>;

/** The model in use is a setting: whoever changes it, the change is a line in the history of models. */
function notingModels(
  handlers: SettingsHandlers,
  modelInUse: () => string,
  noteChange: (before: LoopModel) => Promise<void>,
): SettingsHandlers {
  const noting = async <T>(change: () => Promise<T>): Promise<T> => {
    const before = { path: modelInUse() };
    const changed = await change();
    await noteChange(before);
    return changed;
  };
  return {
    ...handlers,
    'settings.set': (changes, context) => noting(async () => handlers['settings.set'](changes, context)),
    'settings.reset': (input, context) => noting(async () => handlers['settings.reset'](input, context)),
  };
}

const pathsSchema = z.array(z.string());

function keepPaths(settings: SettingRows, key: string) {
  return {
    get: () => settings.get(key, pathsSchema) ?? [],
    set: (paths: string[]) => settings.set(key, paths),
  };
}

/** A connection given as a URL is remembered without its password, whoever writes the entry. */
function withoutPasswords(history: HistoryRows): HistoryRows {
  return {
    ...history,
    add: (entry) => history.add({ ...entry, connectionId: redactConnectionId(entry.connectionId) }),
  };
}

type ConnectionsHandlers = ReturnType<typeof createConnectionsHandlers>;

/** A connection that now leads elsewhere has another schema and other values. */
function forgetting(
  schemas: SchemaReader,
  values: ValueIndexes,
  handlers: ConnectionsHandlers,
): ConnectionsHandlers {
  return {
    ...handlers,
    async 'connections.save'(draft, context) {
      const saved = await handlers['connections.save'](draft, context);
      schemas.forget(saved.id);
      await values.forget(saved.id);
      return saved;
    },
    async 'connections.remove'({ id }, context) {
      schemas.forget(id);
      const removed = await handlers['connections.remove']({ id }, context);
      await values.disable(id);
      return removed;
    },
  };
}
