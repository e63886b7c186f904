import type { EvalPoints, StepPoints } from '../../../../core/contract/index.ts';
import { createSignal, type Changes } from '../plot/changes.ts';
import { createColumn, findFirst, findNearest, type Column } from '../plot/column.ts';
import { createSmoother } from '../plot/smooth.ts';
import type { Range } from '../plot/thin-out.ts';

const stepKeys = [
  ...(['step', 'loss', 'learningRate', 'gradientNorm', 'tokensPerSecond'] as const),
  ...(['gpuMemory', 'gpuUtilization', 'elapsedSeconds'] as const),
] satisfies (keyof StepPoints)[];
const evalKeys = [
  ...(['step', 'validationLoss', 'tokenAccuracy', 'executionAccuracy'] as const),
] satisfies (keyof EvalPoints)[];

type StepColumns = Record<keyof StepPoints, Column>;
type EvalColumns = Record<keyof EvalPoints | 'elapsedSeconds', Column>;

/** All that a run measured, outside React: a hundred thousand points are not copied for each that comes. */
export interface RunCurves {
  steps: StepColumns & { smoothedLoss: Column };
  evaluations: EvalColumns;
  news: Changes;
  /** Points from `firstStep` on replace those that were there. */
  takeSteps(points: StepPoints, firstStep: number): void;
  takeEvaluations(points: EvalPoints, firstStep: number): void;
  setSmoothing(weight: number): void;
  extentOf(axis: 'step' | 'time'): Range;
}

export function createRunCurves(): RunCurves {
  const news = createSignal();
  const smoother = createSmoother(0);
  const steps = {
    ...(Object.fromEntries(stepKeys.map((key) => [key, createColumn()])) as StepColumns),
    smoothedLoss: createColumn(),
  };
  const evaluations = Object.fromEntries(
    [...evalKeys, 'elapsedSeconds'].map((key) => [key, createColumn()]),
  ) as EvalColumns;
  const finish = () => {
    smoother.follow(steps.loss, steps.smoothedLoss);
    placeInTime(evaluations, steps);
    news.emit();
  };
  return {
    ...{ steps, evaluations, news },
    takeSteps(points, firstStep) {
      const kept = findFirst(steps.step.values(), firstStep);
      if (kept < steps.step.values().length) smoother.restart();
      for (const key of stepKeys) {
        steps[key].truncate(kept);
        steps[key].append(points[key]);
      }
      finish();
    },
    takeEvaluations(points, firstStep) {
      const kept = findFirst(evaluations.step.values(), firstStep);
      for (const key of evalKeys) {
        evaluations[key].truncate(kept);
        evaluations[key].append(points[key]);
      }
      finish();
    },
    setSmoothing(weight) {
      smoother.setWeight(weight);
      finish();
    },
    extentOf(axis) {
      const own = axis === 'step' ? steps.step : steps.elapsedSeconds;
      const measured = axis === 'step' ? evaluations.step : evaluations.elapsedSeconds;
      const last = Math.max(own.values().at(-1) ?? 0, measured.values().at(-1) ?? 0);
      return { from: Math.min(own.values()[0] ?? 0, last), to: Math.max(last, 1) };
    },
  };
}

/** An evaluation says its step; when that was, the step says. */
function placeInTime(evaluations: EvalColumns, steps: StepColumns): void {
  const places = steps.step.values();
  const seconds = steps.elapsedSeconds.values();
  evaluations.elapsedSeconds.truncate(0);
  evaluations.elapsedSeconds.append(
    Array.from(evaluations.step.values(), (step) => seconds[findNearest(places, step)] ?? 0),
  );
}

export function hasNumbers(column: Column): boolean {
  return column.values().some((value) => !Number.isNaN(value));
}
