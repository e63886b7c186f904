import {
  AppError,
  parseModelReference,
  type Gate,
  type HistoryEntry,
  type Lineage,
  type LoopModel,
  type ModelOrigin,
  type Promotion,
  type TrainingVersion,
} from '../../contract/index.ts';
import { isSame } from './judge-change.ts';

export interface LineageDeps {
  historyOf(id: string): HistoryEntry | undefined;
  /** The embedded starter's path. */
  starterModel: string;
  /** Of a model that an older entry knows by its name only. */
  findByName(name: string): Promise<string | undefined>;
  originOf(path: string): Promise<ModelOrigin | undefined>;
  isThere(model: LoopModel): boolean;
  /** The run in whose folder the file lies, for files without an origin of their own. */
  runOfPath(path: string): string | undefined;
  /** Undefined where the run was removed. */
  runOf(runId: string): Promise<{ name: string; runDir: string } | undefined>;
  /** As it was kept with the run, or outlived it. */
  versionOf(runId: string, datasetHash?: string): Promise<TrainingVersion | undefined>;
  listGates(): Promise<Gate[]>;
  promotions(): Promotion[];
}

/** From an answer back to the examples, as far as it is known. @throws AppError NOT_FOUND */
export async function traceAnswer(historyId: string, deps: LineageDeps): Promise<Lineage> {
  const entry = deps.historyOf(historyId);
  if (!entry) {
    throw new AppError('NOT_FOUND', 'This answer is not in the history any more.', {
      hint: 'Ask the question again.',
    });
  }
  const { question, sql, createdAt: at, model: name } = entry;
  const answer = { historyId, sql, at, ...(question !== undefined && { question }) };
  const path = entry.modelPath ?? (name === undefined ? undefined : await deps.findByName(name));
  if (path === undefined) {
    const model = {
      name: name ?? 'typed by hand',
      embedded: false,
      present: false,
      origin: 'other' as const,
    };
    return { answer, model };
  }
  return { answer, ...(await traceModel({ path }, deps, name)) };
}

export async function traceModel(model: LoopModel, deps: LineageDeps, name?: string): Promise<Lineage> {
  // What an adapter's file knows is its own run; its model is another's.
  const { path, adapterPath } = parseModelReference(model.path);
  const file = adapterPath ?? path;
  const embedded = file === deps.starterModel;
  const origin = embedded ? undefined : findRun(await deps.originOf(file));
  const runId = embedded ? undefined : (origin?.runId ?? deps.runOfPath(file));
  const run = runId === undefined ? undefined : await deps.runOf(runId);
  const version = runId === undefined ? undefined : await deps.versionOf(runId, origin?.datasetHash);
  const gate = (await deps.listGates()).find(
    (each) => each.state === 'succeeded' && isSame(each.candidate, model),
  );
  const promotion = deps.promotions().find(({ kind, to }) => kind !== 'rolled-back' && isSame(to, model));
  const checkpoint = origin?.step === undefined ? undefined : `step-${String(origin.step).padStart(6, '0')}`;
  return {
    model: {
      name: name ?? lastPart(file),
      ...model,
      embedded,
      present: deps.isThere(model),
      origin: embedded ? 'app' : runId === undefined ? 'other' : 'run',
    },
    ...(runId !== undefined && {
      run: {
        id: runId,
        name: run?.name ?? origin?.run ?? runId,
        runDir: run?.runDir ?? '',
        ...(checkpoint && { checkpoint }),
      },
    }),
    ...(version && { version }),
    ...(gate && { gate }),
    ...(promotion && { promotion }),
  };
}

type RunOrigin = Extract<ModelOrigin, { kind: 'run' }>;

/** A quantized file's origin holds that of the file that it was made from. */
function findRun(origin: ModelOrigin | undefined): RunOrigin | undefined {
  let at: unknown = origin;
  for (let depth = 0; depth < 8 && typeof at === 'object' && at !== null; depth++) {
    const { kind, of } = at as { kind?: string; of?: unknown };
    if (kind === 'run') return at as RunOrigin;
    at = of;
  }
  return undefined;
}

function lastPart(path: string): string {
  return (path.split(/[\\/]/).at(-1) ?? path).replace(/\.gguf$/i, '');
}
