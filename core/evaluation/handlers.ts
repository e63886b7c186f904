import { z } from 'zod';
import {
  AppError,
  hasEnded,
  type CoreHandlers,
  type evaluationContract,
  type evaluationRunsContract,
  type EvaluationSummary,
  type SplitInfo,
} from '../contract/index.ts';
import type { JobContext, Jobs } from '../jobs/index.ts';
import { renderEvaluation } from './report/render-report.ts';
import { chooseOptions, runEvaluation, type RunEvaluationDeps } from './run-evaluation.ts';
import { compareQuestions } from './kept-runs/compare-questions.ts';
import { describeRun, nameModel, readHead, readReport, type RunReading } from './kept-runs/describe-run.ts';
import { measureRun } from './kept-runs/measure-run.ts';
import type { KeptRun, RunFolder } from './kept-runs/run-folder.ts';
import { runQuestion } from './kept-runs/run-question.ts';

export type EvaluationHandlers = Pick<
  CoreHandlers,
  keyof typeof evaluationContract | keyof typeof evaluationRunsContract
>;

export interface EvaluationHandlersDeps extends RunEvaluationDeps {
  jobs: Jobs;
  /** Where runs are kept. */
  folder: RunFolder;
  describeSplits(signal: AbortSignal): Promise<SplitInfo[]>;
}

const jobInputSchema = z.object({
  /** The run that the job measures. */
  id: z.string(),
  title: z.string(),
});

/** What the evaluation domain offers through the contract. */
export function createEvaluationHandlers(deps: EvaluationHandlersDeps): EvaluationHandlers {
  const { jobs, folder } = deps;
  const startJob = jobs.define({
    kind: 'evaluation',
    input: jobInputSchema,
    resource: 'model',
    canResume: true,
    keepsWork: true,
    title: ({ title }) => title,
    run: ({ id }, context) => measure(deps, id, context),
  });
  const start = async (run: KeptRun) => {
    const { id: jobId } = startJob({ id: run.id, title: titleOf(run) });
    await folder.change(run.id, { jobId });
    return { id: run.id, jobId };
  };
  const read = async (id: string) => {
    const run = await folder.get(id);
    const reading = await readReport(folder, run);
    return { report: reading.report, summary: describe(deps, run, reading) };
  };
  return {
    'evaluation.run': (input, context) => runEvaluation(deps, input, context),
    'evaluation.splits': (_, { signal }) => deps.describeSplits(signal),
    'evaluation.start': async (request) => {
      const { mode } = chooseOptions(request);
      return start(await folder.create(request, mode));
    },
    'evaluation.resume': async ({ id }) => {
      const { summary } = await read(id);
      if (!hasEnded(summary) || summary.state === 'succeeded') throw cannotResume(summary);
      const job = summary.jobId === undefined ? undefined : jobs.find(summary.jobId);
      if (job) return { jobId: jobs.resume(job.id).id };
      return start(await folder.get(id));
    },
    'evaluation.list': async () => {
      const runs = await folder.list();
      return Promise.all(runs.map(async (run) => describe(deps, run, await readHead(folder, run))));
    },
    'evaluation.report': ({ id }) => read(id),
    'evaluation.remove': async ({ id }) => {
      const { summary } = await read(id);
      if (!hasEnded(summary)) throw stillRuns();
      await folder.remove(id);
      return {};
    },
    'evaluation.compare': async ({ before, after }) =>
      compareQuestions((await read(before)).report, (await read(after)).report),
    'evaluation.export': async ({ id, format }) => {
      const { report } = await read(id);
      const fileName = `evaluation-${report.split}-${report.mode}-${id}.${format}`;
      return format === 'html'
        ? { fileName, mediaType: 'text/html', text: await renderEvaluation(report) }
        : { fileName, mediaType: 'application/json', text: `${JSON.stringify(report, null, 1)}\n` };
    },
    'evaluation.runQuestion': async ({ id, questionId }, context) => {
      const { report } = await read(id);
      const row = report.rows.find((each) => each.id === questionId);
      if (!row) throw new AppError('NOT_FOUND', `The run has no question ${questionId}.`);
      return runQuestion(deps.openDatabase, report.split, row, context);
    },
  };
}

async function measure(
  deps: EvaluationHandlersDeps,
  id: string,
  { signal, report, attempt }: JobContext,
): Promise<void> {
  const { request } = await deps.folder.get(id);
  report.result(id);
  await measureRun(id, {
    folder: deps.folder,
    isKnown: attempt > 1,
    run: (resume) => runEvaluation(deps, { ...request, resume }, { signal }),
    report,
    signal,
  });
}

function describe({ jobs }: EvaluationHandlersDeps, run: KeptRun, reading: RunReading): EvaluationSummary {
  const job = run.jobId === undefined ? undefined : jobs.find(run.jobId);
  return describeRun(run, reading, job?.state);
}

function titleOf({ request, mode }: KeptRun): string {
  const { split, db, limit } = request;
  const what = [
    split,
    ...(db === undefined ? [] : [db]),
    ...(limit === undefined ? [] : [`${limit} questions`]),
  ];
  return `${nameModel(request)} on ${what.join(', ')}, ${mode}`;
}

function stillRuns(): AppError {
  return new AppError('CONFLICT', 'This evaluation has not ended.', { hint: 'Cancel it first.' });
}

function cannotResume({ state }: EvaluationSummary): AppError {
  const message = state === 'succeeded' ? 'This evaluation is whole.' : 'This evaluation has not ended.';
  return new AppError('CONFLICT', message, { hint: 'Start a new one instead.' });
}
