import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import {
  AppError,
  hasEnded,
  type CoreHandlers,
  type ModelReport,
  type ModelReportRequest,
  type ModelReportRow,
  type ModelSpeed,
} from '../../contract/index.ts';
import {
  chooseOptions,
  measureRun,
  readReport,
  runEvaluation,
  type RunEvaluationDeps,
  type RunFolder,
} from '../../evaluation/index.ts';
import { inspectModel } from '../../generation/index.ts';
import type { JobContext, Jobs } from '../../jobs/index.ts';
import type { ModelSpeeds } from './figures.ts';
import type { KeptReport, ReportFolder } from './report-folder.ts';

export interface ModelReportDeps {
  jobs: Jobs;
  folder: ReportFolder;
  speeds: ModelSpeeds;
  evaluation: RunEvaluationDeps;
  /** Where evaluations are kept: each file's is one of them. */
  runs: RunFolder;
  /** Frees the app's own model, so that it does not take the memory that is measured. */
  unload(): Promise<void>;
  measure(task: { file: string; rounds: number }, signal: AbortSignal): Promise<ModelSpeed>;
}

const inputSchema = z.object({ id: z.string(), title: z.string() });
const rounds = 3;

type Handlers = Pick<
  CoreHandlers,
  'models.startReport' | 'models.reports' | 'models.removeReport' | 'models.exportReport' | 'models.bench'
>;

/** Accuracy, speed and memory of several files, measured as a job of the kind `model-report` and kept. */
export function createModelReportHandlers(deps: ModelReportDeps): Handlers {
  const { jobs, folder } = deps;
  const start = jobs.define({
    kind: 'model-report',
    input: inputSchema,
    resource: 'model',
    canResume: true,
    keepsWork: true,
    title: ({ title }) => title,
    run: ({ id }, context) => measureReport(deps, id, context),
  });
  const describe = ({ evaluations: _, whole, ...report }: KeptReport): ModelReport => {
    const job = report.jobId === undefined ? undefined : jobs.find(report.jobId);
    return { ...report, state: whole ? 'succeeded' : (job?.state ?? 'interrupted') };
  };
  return {
    'models.startReport': async (asked) => {
      const request = { ...asked, paths: [...new Set(asked.paths.map((file) => path.resolve(file)))] };
      const report = await createReport(request);
      await folder.write(report);
      const { id } = report;
      const { id: jobId } = start({ id, title: titleOf(request) });
      await folder.write({ ...report, jobId });
      return { id, jobId };
    },
    'models.reports': async () => (await folder.list()).map(describe),
    'models.removeReport': async ({ id }) => {
      if (!hasEnded(describe(await folder.get(id)))) {
        throw new AppError('CONFLICT', 'This comparison has not ended.', { hint: 'Cancel it first.' });
      }
      await folder.remove(id);
      return {};
    },
    'models.exportReport': async ({ id }) => {
      const report = describe(await folder.get(id));
      const text = `${JSON.stringify(report, null, 1)}\n`;
      return { fileName: `models-${report.request.split}-${id}.json`, mediaType: 'application/json', text };
    },
    'models.bench': async ({ path: file, rounds: asked }, { signal }) => {
      const { path: found } = await inspectModel(path.resolve(file));
      const speed = await deps.measure({ file: found, rounds: asked }, signal);
      await deps.speeds.keep(found, speed);
      return speed;
    },
  };
}

/** What cannot be run is said before anything is measured. @throws AppError MODEL_MISSING, MODEL_INCOMPATIBLE */
async function createReport(request: ModelReportRequest): Promise<KeptReport> {
  const rows = await Promise.all(
    request.paths.map(async (file): Promise<ModelReportRow> => {
      const { name, quantization, sizeBytes } = await inspectModel(file);
      return { path: file, name, quantization, sizeBytes };
    }),
  );
  const createdAt = new Date().toISOString();
  const moment = createdAt.replaceAll(/[-:]|\..*/g, '').replace('T', '-');
  const id = `${moment}-${randomBytes(2).toString('hex')}`;
  return { id, createdAt, request, rows, evaluations: {}, whole: false };
}

function titleOf({ paths, split, limit }: ModelReportRequest): string {
  const asked = limit === undefined ? split : `${split}, ${limit} questions`;
  return `Compare ${paths.length} ${paths.length === 1 ? 'model' : 'models'} on ${asked}`;
}

/** One file after another: what is measured already, of an earlier attempt, stays. */
async function measureReport(deps: ModelReportDeps, id: string, context: JobContext): Promise<void> {
  const { folder } = deps;
  const { report, signal } = context;
  report.result(id);
  let kept = await folder.get(id);
  const keep = async (file: string, changed: Partial<ModelReportRow>) => {
    const rows = kept.rows.map((row) => (row.path === file ? { ...row, ...changed } : row));
    kept = { ...kept, rows };
    await folder.write(kept);
  };
  for (const [index, row] of kept.rows.entries()) {
    if (row.execution !== undefined) continue;
    try {
      if (row.speed === undefined)
        await keep(row.path, { speed: await measureSpeed(deps, row, index, context) });
      const evaluation = kept.evaluations[row.path] ?? (await createEvaluation(deps, kept, row.path));
      kept = { ...kept, evaluations: { ...kept.evaluations, [row.path]: evaluation } };
      await folder.write(kept);
      const measured = await evaluate(deps, evaluation, { row, index, files: kept.rows.length }, context);
      await keep(row.path, { ...measured, error: undefined });
      report.metric(kept.rows[index]);
    } catch (thrown) {
      signal.throwIfAborted();
      const error = AppError.from(thrown);
      report.log(`${path.basename(row.path)}: ${error.message}`, 'error');
      await keep(row.path, { error: error.toPayload() });
    }
  }
  await folder.write({ ...kept, whole: true });
  const [failed] = kept.rows.map(({ error }) => error).filter((error) => error !== undefined);
  if (failed && kept.rows.every(({ error }) => error !== undefined)) throw AppError.fromPayload(failed);
}

async function measureSpeed(
  deps: ModelReportDeps,
  row: ModelReportRow,
  index: number,
  { report, signal }: JobContext,
): Promise<ModelSpeed> {
  report.progress({ done: index, note: `${path.basename(row.path)}: speed and memory` });
  await deps.unload();
  const speed = await deps.measure({ file: row.path, rounds }, signal);
  await deps.speeds.keep(row.path, speed);
  const memory = ((speed.memoryBytes + (speed.gpuMemoryBytes ?? 0)) / 1e6).toFixed(0);
  report.log(`${path.basename(row.path)}: ${speed.tokensPerSecond.toFixed(1)} tokens/s, ${memory} MB.`);
  return speed;
}

async function createEvaluation(
  deps: ModelReportDeps,
  { request }: KeptReport,
  file: string,
): Promise<string> {
  const { split, limit } = request;
  const asked = { split, modelPath: file, ...(limit === undefined ? {} : { limit }) };
  return (await deps.runs.create(asked, chooseOptions(asked).mode)).id;
}

async function evaluate(
  deps: ModelReportDeps,
  id: string,
  { row, index, files }: { row: ModelReportRow; index: number; files: number },
  { report, signal }: JobContext,
): Promise<Pick<ModelReportRow, 'execution' | 'medianMs'>> {
  const { request } = await deps.runs.get(id);
  const name = path.basename(row.path);
  await measureRun(id, {
    folder: deps.runs,
    isKnown: true,
    run: (resume) => runEvaluation(deps.evaluation, { ...request, resume }, { signal }),
    report: {
      progress: ({ done, total = 0 }) =>
        report.progress({
          done: index + (total > 0 ? done / total : 0),
          total: files,
          note: `${name}: ${done} of ${total} questions`,
        }),
      metric: () => undefined,
      log: (text, level) => report.log(`${name}: ${text}`, level),
    },
    signal,
  });
  const { report: measured } = await readReport(deps.runs, await deps.runs.get(id));
  return { execution: measured.execution.all, medianMs: measured.medianMs };
}
