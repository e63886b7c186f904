import { z } from 'zod';
import { quantizationTypeSchema } from '../../contract/index.ts';
import type { Jobs, StartJob } from '../../jobs/index.ts';
import type { TrainingEnvironment } from '../../training/environment/index.ts';
import { exportRun, titleOfExport, type ExportDeps, type ExportInput } from '../../training/export/index.ts';
import type { Launchers } from '../../training/launchers/index.ts';
import { ownPythonOf } from '../../training/launchers/local/index.ts';
import { fetchRun } from '../../training/run-handlers.ts';
import type { RunJobInput, Runs, StoredRun } from '../../training/runs/index.ts';

export interface TrainingJobsDeps extends Pick<ExportDeps, 'trainerDir' | 'modelsDir' | 'quantize' | 'env'> {
  launchers: Launchers;
  environment: TrainingEnvironment;
  /** Names the Python of every local run that names none. */
  ownPython: string | undefined;
  /** They are made with these jobs, and so after them. */
  runsOf(): Runs;
}

/** What queues each kind of job. */
export interface StartTraining {
  run: StartJob<RunJobInput>;
  fetch: StartJob<{ runId: string }>;
  export: StartJob<ExportInput>;
  environment: StartJob<{ quantized: boolean }>;
}

const runInputSchema = z.object({ runId: z.string(), resume: z.boolean() });

const exportInputSchema = z.object({
  runId: z.string(),
  types: z.array(quantizationTypeSchema),
  checkpoint: z.string().optional(),
});

/** The kinds of jobs that training has; once for each core. */
export function defineTrainingJobs(jobs: Jobs, deps: TrainingJobsDeps): StartTraining {
  const { launchers, runsOf } = deps;
  return {
    run: jobs.define<RunJobInput>({
      kind: 'training',
      input: runInputSchema,
      canResume: true,
      keepsWork: true,
      title: ({ runId }) => `Training ${runId}`,
      subject: ({ runId }) => runId,
      run: (input, context) => runsOf().follow(input, context),
    }),
    fetch: jobs.define<{ runId: string }>({
      kind: 'training-fetch',
      input: z.object({ runId: z.string() }),
      canResume: true,
      keepsWork: true,
      title: ({ runId }) => `Fetching ${runId}`,
      subject: ({ runId }) => runId,
      run: ({ runId }, context) => fetchRun(runId, context, runsOf(), launchers),
    }),
    export: defineExport(jobs, deps),
    environment: defineEnvironment(jobs, deps),
  };
}

function defineExport(jobs: Jobs, deps: TrainingJobsDeps): StartJob<ExportInput> {
  const { trainerDir, modelsDir, quantize, env, environment, ownPython, runsOf } = deps;
  const pythonOf = ({ launch }: StoredRun) =>
    ownPythonOf(launch?.target ?? { kind: 'local' }, { ownPython }) ?? environment.python;
  return jobs.define<ExportInput>({
    kind: 'training-export',
    input: exportInputSchema,
    canResume: true,
    keepsWork: false,
    title: titleOfExport,
    subject: ({ runId }) => runId,
    run: (input, context) =>
      exportRun(input, context, { store: runsOf().store, trainerDir, modelsDir, pythonOf, quantize, env }),
  });
}

function defineEnvironment(jobs: Jobs, { environment }: TrainingJobsDeps): StartJob<{ quantized: boolean }> {
  return jobs.define<{ quantized: boolean }>({
    kind: 'training-environment',
    input: z.object({ quantized: z.boolean() }),
    canResume: true,
    keepsWork: true,
    title: () => "The trainer's environment",
    run: ({ quantized }, { signal, report }) =>
      environment.make(
        {
          signal,
          log: report.log,
          progress: (note, done, total) =>
            report.progress({ done: done ?? 0, ...(total === undefined ? {} : { total }), note }),
        },
        quantized,
      ),
  });
}
