import { existsSync } from 'node:fs';
import { basename, isAbsolute, join, relative, sep } from 'node:path';
import { z } from 'zod';
import {
  parseEndpoint,
  parseModelReference,
  promotionSchema,
  trainingVersionSchema,
  type LoopModel,
  type TrainingVersion,
} from '../../contract/index.ts';
import { createGateFolder } from '../../evaluation/index.ts';
import { openLineFile } from '../../jobs/index.ts';
import { identifyModel, type FileHashes, type ModelCatalogue } from '../../models/index.ts';
import { readOrigin } from '../../models/origin.ts';
import { changeSettings, readSettings, type HistoryRows, type SettingRows } from '../../store/index.ts';
import { readRun } from '../../training/index.ts';
import { readVersion } from '../../training/loop/index.ts';
import { readLaunch } from '../../training/runs/launch-file.ts';
import { createLoopHandlers, type LoopDeps } from './loop-handlers.ts';

export interface LoopParts extends Pick<
  LoopDeps,
  | 'jobs'
  | 'evaluation'
  | 'examples'
  | 'listConnections'
  | 'describeSplits'
  | 'listCases'
  | 'starterModel'
  | 'referTo'
> {
  dataDir: string;
  runsDir: string;
  settings: SettingRows;
  history: Pick<HistoryRows, 'get'>;
  catalogue: ModelCatalogue;
  hashes: FileHashes;
  /** Paths of models that the user added to the list. */
  added: { get(): string[]; set(paths: string[]): void };
}

const promotionsSchema = z.array(promotionSchema);

/** The loop's handlers over the app's own folders and store. */
export function composeLoop(parts: LoopParts): ReturnType<typeof createLoopHandlers> {
  const { settings, starterModel, catalogue, runsDir, dataDir, history } = parts;
  const inUse = (): LoopModel => ({ path: readSettings(settings).modelPath || starterModel });
  return createLoopHandlers({
    ...parts,
    folder: createGateFolder(join(dataDir, 'gates'), openLineFile),
    inUse,
    use: (model) => useModel(model, parts),
    kept: {
      get: () => settings.get('loop.promotions', promotionsSchema) ?? [],
      set: (promotions) => settings.set('loop.promotions', promotions),
    },
    nameOf: (model) => nameModel(model, catalogue),
    identify: ({ path }) => identifyModel(parts.hashes, path),
    isThere,
    historyOf: (id) => history.get(id),
    findByName: async (name) => (await catalogue.list()).find((model) => model.name === name)?.path,
    originOf: readOrigin,
    runOfPath: (path) => findRunOfPath(runsDir, path),
    runOf: (runId) => findRun(join(runsDir, basename(runId))),
    versionOf: (runId, datasetHash) => findVersion(runId, datasetHash, parts),
  });
}

async function nameModel({ path: text }: LoopModel, catalogue: ModelCatalogue): Promise<string> {
  const endpoint = parseEndpoint(text);
  if (endpoint) return endpoint.model ?? endpoint.url;
  const { path, adapterPath } = parseModelReference(text);
  const { name } = await catalogue.inspect(path);
  return adapterPath === undefined ? name : `${name} with ${basename(adapterPath)}`;
}

function isThere({ path: text }: LoopModel): boolean {
  if (parseEndpoint(text)) return true;
  const { path, adapterPath } = parseModelReference(text);
  return existsSync(path) && (adapterPath === undefined || existsSync(adapterPath));
}

function useModel({ path }: LoopModel, { settings, starterModel, added }: LoopParts): void {
  const modelPath = path === starterModel ? '' : path;
  changeSettings(settings, { modelPath });
  const { path: file } = parseModelReference(path);
  if (file !== starterModel && !parseEndpoint(path)) added.set([...new Set([...added.get(), file])]);
}

/** `RUNS/name/gguf/name-Q8_0.gguf` → name. */
function findRunOfPath(runsDir: string, path: string): string | undefined {
  const inside = relative(runsDir, path);
  const [run, ...rest] = inside.split(sep);
  return isAbsolute(inside) || run === undefined || run === '..' || rest.length === 0 ? undefined : run;
}

async function findRun(runDir: string): Promise<{ name: string; runDir: string } | undefined> {
  if (!existsSync(runDir)) return undefined;
  const run = await readRun(runDir).catch(() => undefined);
  // The trainer's own name is a file's; the user's stands in what the app wrote.
  const name = (await readLaunch(runDir).catch(() => undefined))?.name ?? run?.name;
  return name === undefined ? undefined : { name, runDir };
}

/** Of the run's folder; of the store where the folder was removed, or is of another run of that name. */
async function findVersion(
  runId: string,
  datasetHash: string | undefined,
  { runsDir, settings }: LoopParts,
): Promise<TrainingVersion | undefined> {
  const key = `loop.version:${runId}`;
  const found = await readVersion(join(runsDir, basename(runId))).catch(() => undefined);
  if (found && found.hash !== settings.get(key, trainingVersionSchema)?.hash) {
    settings.set(key, found);
    settings.set(`${key}:${found.hash}`, found);
  }
  if (datasetHash === undefined || found?.hash === datasetHash)
    return found ?? settings.get(key, trainingVersionSchema);
  const kept = settings.get(`${key}:${datasetHash}`, trainingVersionSchema);
  const latest = settings.get(key, trainingVersionSchema);
  return kept ?? (latest?.hash === datasetHash ? latest : undefined);
}
