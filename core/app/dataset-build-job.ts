import { datasetBuildInputSchema, type DatasetBuildInput } from '../contract/index.ts';
import type { JobContext, Jobs, StartJob } from '../jobs/index.ts';

/**
 * The pipeline as a job: it goes on when its window is closed, and where it was cancelled or cut short it goes on from
 * what is finished. The pipeline's code is loaded with the first one.
 */
export function defineDatasetBuild(jobs: Jobs, datasetDir: string): StartJob<DatasetBuildInput> {
  return jobs.define({
    kind: 'dataset',
    input: datasetBuildInputSchema,
    resource: 'dataset',
    canResume: true,
    keepsWork: true,
    title: describeBuild,
    run: (input, context) => runBuild(input, datasetDir, context),
  });
}

function describeBuild({ source, stages, force }: DatasetBuildInput): string {
  const what = stages === undefined ? 'all stages' : stages.join(', ');
  return `Dataset: ${what}${force ? ', again' : ''}${source === undefined ? '' : `, from ${source}`}`;
}

async function runBuild(
  { source, stages, force }: DatasetBuildInput,
  dataDir: string,
  { signal, report }: JobContext,
): Promise<void> {
  const { runStages, stageNames } = await import('./spider-pipeline.ts');
  const wanted = stageNames.filter((name) => stages === undefined || stages.includes(name));
  let done = 0;
  const show = (note: string): void =>
    report.progress({ ...(readCounts(note) ?? { done, total: wanted.length }), note });
  await runStages(wanted, {
    ...{ dataDir, source, force, signal },
    report: (message) => {
      show(message);
      report.log(message);
    },
    onStage: (run) => {
      done += 1;
      report.metric(run);
      report.log(
        `${run.stage}: ${run.outcome === 'done' ? 'done' : 'nothing to do'} (${run.seconds.toFixed(1)} s)`,
      );
      show(run.stage);
    },
  });
}

/** A stage that counts says so in its words, `convert: 12/166 …`: then this is what is done and what is left. */
function readCounts(message: string): { done: number; total: number } | undefined {
  const counts = /^\w+: (\d+)(?:\/| of )(\d+) /.exec(message);
  return counts ? { done: Number(counts[1]), total: Number(counts[2]) } : undefined;
}
