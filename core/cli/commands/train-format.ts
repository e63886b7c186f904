import type {
  DoctorReport,
  MachineInfo,
  TrainingEstimate,
  TrainingRunInfo,
  TrainingRunState,
} from '../../contract/index.ts';
import { formatError } from '../console.ts';

const gib = 1_024 ** 3;

/** One line a run. */
export function formatRun(run: TrainingRunInfo): string {
  const steps =
    run.step === undefined ? '' : `step ${run.step}${run.totalSteps ? ` of ${run.totalSteps}` : ''}`;
  const figures = [
    steps,
    loss('loss', run.trainingLoss),
    loss('validation', run.validationLoss),
    run.executionAccuracy === undefined
      ? ''
      : `execution accuracy ${(100 * run.executionAccuracy).toFixed(1)} %`,
    run.etaSeconds === undefined ? '' : `${formatSeconds(run.etaSeconds)} left`,
  ];
  const told = figures.filter(Boolean).join(', ');
  const why = run.error ? `\n  ${formatError(run.error)}` : '';
  return `${run.id}  ${stateNames[run.state]} on ${run.where}${told ? `  ${told}` : ''}${why}`;
}

/** The same, and below it the GGUF files that were made of it. */
export function formatOutcome(run: TrainingRunInfo): string {
  const files = run.artifacts.filter(({ kind, here }) => kind === 'gguf' && here);
  return [formatRun(run), ...files.map(({ path }) => `  ${path}`)].join('\n');
}

const stateNames: Record<TrainingRunState, string> = {
  preparing: 'preparing',
  waiting: 'waiting',
  running: 'running',
  stopping: 'stopping',
  unreachable: 'unreachable',
  paused: 'paused',
  finished: 'finished',
  stopped: 'stopped',
  stopped_early: 'stopped early',
  cancelled: 'cancelled',
  failed: 'failed',
  lost: 'lost',
};

function loss(name: string, value: number | undefined): string {
  return value === undefined ? '' : `${name} ${value.toFixed(4)}`;
}

export function formatSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}

/** Failures and warnings with what to do, then how many were fine. */
export function formatDoctor({ status, checks, seconds }: DoctorReport): string {
  const told = checks.filter((check) => check.status !== 'ok');
  const fine = checks.length - told.length;
  return [
    ...told.map(({ status: found, title, detail, hint }) =>
      [`${found === 'failure' ? 'FAILURE' : 'warning'}  ${title}: ${detail}`, hint && `         ${hint}`]
        .filter(Boolean)
        .join('\n'),
    ),
    `${fine} of ${checks.length} checks are fine; ${verdicts[status]} (${formatSeconds(seconds)})`,
  ].join('\n');
}

const verdicts = {
  ok: 'the run can start',
  warning: 'the run can start',
  failure: 'the run would be wasted',
} as const;

export function formatEstimate(estimate: TrainingEstimate): string {
  const rows = estimate.hardware.map((each) =>
    [
      each.title.padEnd(44),
      `${(each.peakMemoryBytes / gib).toFixed(1)} GiB`.padStart(10),
      (each.fits ? 'fits' : 'too much').padStart(9),
      (each.hours === null ? '?' : formatSeconds(each.hours * 3_600)).padStart(9),
      each.costPerRun === undefined ? '' : `${each.costPerRun.toFixed(2)} ${each.currency}`.padStart(11),
      each.costOfFiveRuns === undefined
        ? ''
        : `${each.costOfFiveRuns.toFixed(2)} ${each.currency}`.padStart(12),
      each.basis === 'measured' ? '  measured' : '',
    ].join(''),
  );
  return [
    `${estimate.examples} examples, ${estimate.tokensPerEpoch} tokens an epoch, ${estimate.steps ?? '?'} steps.`,
    `${'where'.padEnd(44)}${'memory'.padStart(10)}${''.padStart(9)}${'time'.padStart(9)}${'a run'.padStart(11)}${'five runs'.padStart(12)}`,
    ...rows,
    `On disk ${(estimate.diskBytes / gib).toFixed(2)} GiB` +
      (estimate.storagePerMonth === undefined
        ? ''
        : `, ${estimate.storagePerMonth.toFixed(3)} a month in a bucket`),
    ...estimate.assumptions.map((each) => `  ${each}`),
  ].join('\n');
}

/** What a machine has for training. */
export function formatMachine(machine: MachineInfo): string {
  const { host, gpus, cores, memoryBytes, freeDiskBytes, python, environmentReady, problems } = machine;
  const names = gpus.map(({ name, memoryBytes: bytes }) => `${name}, ${(bytes / gib).toFixed(0)} GiB`);
  return [
    `${host}: ${cores} cores, ${(memoryBytes / gib).toFixed(1)} GiB, ${(freeDiskBytes / gib).toFixed(1)} GiB free on disk`,
    names.length > 0 ? names.join('; ') : 'no GPU: it trains on its processor',
    python ? `Python ${python.version} at ${python.path}` : 'no Python 3.11 or newer',
    `The trainer's environment is ${environmentReady ? 'ready' : 'not made yet'}.`,
    ...problems,
  ].join('\n');
}
