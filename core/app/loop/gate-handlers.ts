import { z } from 'zod';
import {
  AppError,
  hasEnded,
  type CoreHandlers,
  type Gate,
  type GateSet,
  type HandlerContext,
  type LoopModel,
  type NamedModel,
  type TrainingVersion,
} from '../../contract/index.ts';
import { runGate, type EvaluationDeps, type GateFolder, type KeptGate } from '../../evaluation/index.ts';
import type { Jobs } from '../../jobs/index.ts';
import { listQuestions, listSets, type QuestionDeps } from './list-questions.ts';

export interface GateDeps extends QuestionDeps {
  jobs: Jobs;
  folder: GateFolder;
  evaluation: EvaluationDeps;
  inUse(): LoopModel;
  /** @throws AppError where the file is gone or no model */
  nameOf(model: LoopModel): Promise<string>;
  /** SHA-256 of what the path holds now; undefined for a server, or where it is gone. */
  identify(model: LoopModel): Promise<string | undefined>;
  /** The model as the app asks it on a connection: with the connection's adapter, where that fits. */
  referTo(model: LoopModel, connectionId: string): string;
  /** What the candidate's run was trained on; undefined where that is not known. */
  versionOfModel(model: LoopModel, runId: string): Promise<TrainingVersion | undefined>;
  /** The run that made a model's file. */
  runOfModel(model: LoopModel): Promise<string | undefined>;
}

type GateMethod =
  'loop.sets' | 'loop.startGate' | 'loop.gates' | 'loop.gate' | 'loop.keep' | 'loop.removeGate';

const jobInputSchema = z.object({ id: z.string(), title: z.string(), runId: z.string().optional() });

/** Gates: a candidate against the model in use. */
export function createGateHandlers(deps: GateDeps): Pick<CoreHandlers, GateMethod> & {
  /** @throws AppError NOT_FOUND */
  gateOf(id: string): Promise<Gate>;
  listGates(): Promise<Gate[]>;
} {
  const { folder } = deps;
  const startJob = deps.jobs.define({
    kind: 'gate',
    input: jobInputSchema,
    resource: 'model',
    canResume: true,
    keepsWork: true,
    title: ({ title }) => title,
    subject: ({ runId }) => runId,
    async run({ id }, { signal, report }) {
      report.result(id);
      await refuseChanged(await folder.get(id), deps);
      const listAll = async (gate: KeptGate, context: HandlerContext) =>
        listQuestions(gate.sets, await versionOfGate(gate, deps), deps, context.signal);
      await runGate(
        id,
        { evaluation: deps.evaluation, folder, listQuestions: listAll, referTo: deps.referTo },
        report,
        { signal },
      );
    },
  });
  const gateOf = async (id: string) => describe(await folder.get(id), deps);
  const listGates = async () => Promise.all((await folder.list()).map((gate) => describe(gate, deps)));
  return {
    gateOf,
    listGates,
    'loop.sets': (_, { signal }) => listSets(deps, signal),
    'loop.startGate': async ({ candidate, runId, sets, mode }, { signal }) => {
      const kept = await folder.create({
        candidate: await describeModel(candidate, deps),
        inUse: await describeInUse(deps, candidate),
        sets: await chooseSets(sets, deps, signal),
        mode,
        runId: runId ?? (await deps.runOfModel(candidate)),
      });
      const title = `${kept.candidate.name} against ${kept.inUse.name}`;
      const { id: jobId } = startJob({ id: kept.id, title, runId: kept.runId });
      await folder.change(kept.id, { jobId });
      return { gateId: kept.id, jobId };
    },
    'loop.gates': async ({ runId }) =>
      (await listGates()).filter((gate) => runId === undefined || gate.runId === runId),
    'loop.gate': async ({ gateId }) => {
      const report = await folder.report(gateId);
      return { ...(await gateOf(gateId)), rows: report?.rows ?? [] };
    },
    'loop.keep': async ({ gateId }) => {
      if (!(await gateOf(gateId)).report) {
        throw new AppError('CONFLICT', 'This evaluation has no verdict yet.', {
          hint: 'Wait until it has ended.',
        });
      }
      await folder.change(gateId, { keptAt: new Date().toISOString() });
      return gateOf(gateId);
    },
    'loop.removeGate': async ({ gateId }) => {
      if (!hasEnded(await gateOf(gateId))) {
        throw new AppError('CONFLICT', 'This evaluation has not ended.', { hint: 'Cancel it first.' });
      }
      await folder.remove(gateId);
      return {};
    },
  };
}

async function describeModel(model: LoopModel, { nameOf, identify }: GateDeps): Promise<NamedModel> {
  const [name, sha256] = [await nameOf(model), await identify(model)];
  return { path: model.path, name, ...(sha256 !== undefined && { sha256 }) };
}

/** What is measured is what was meant, and a gate that goes on does so with the same files. @throws AppError CONFLICT */
async function refuseChanged({ candidate, inUse }: KeptGate, { identify }: GateDeps): Promise<void> {
  for (const model of [inUse, candidate]) {
    const now = await identify(model);
    if (model.sha256 === undefined || now === undefined || now === model.sha256) continue;
    throw new AppError(
      'CONFLICT',
      `The file of ${model.name} has changed since this measurement was begun.`,
      {
        hint: 'Measure again.',
      },
    );
  }
}

async function describeInUse(deps: GateDeps, candidate: LoopModel): Promise<NamedModel> {
  const model = deps.inUse();
  if (model.path === candidate.path) {
    throw new AppError('CONFLICT', 'This model is the one in use: there is nothing to measure it against.', {
      hint: 'Use another model first, or roll back.',
    });
  }
  return describeModel(model, deps);
}

async function chooseSets(chosen: GateSet[] | undefined, deps: GateDeps, signal: AbortSignal) {
  if (chosen) return chosen;
  return (await listSets(deps, signal)).filter(({ suggested }) => suggested).map(({ set }) => set);
}

async function versionOfGate({ runId, candidate }: KeptGate, { versionOfModel }: GateDeps) {
  return runId === undefined ? undefined : versionOfModel(candidate, runId);
}

async function describe(gate: KeptGate, { jobs, folder }: GateDeps): Promise<Gate> {
  const whole = await folder.report(gate.id);
  const job = gate.jobId === undefined ? undefined : jobs.find(gate.jobId);
  if (whole) {
    const { rows: _, ...report } = whole;
    return { ...gate, state: 'succeeded', report };
  }
  return { ...gate, state: job?.state ?? 'interrupted', ...(job?.error && { error: job.error }) };
}
