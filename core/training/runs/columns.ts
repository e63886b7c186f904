import type { EvalPoints, RunEventOf, StepPoints } from '../../contract/index.ts';

type Columns = Record<string, (number | null)[]> & { step: number[] };

/** Columns of one length that grow, and are cut where a resumed run repeats steps. */
export interface GrowingColumns<Event, Points> {
  /** The columns themselves: they grow. */
  points: Points;
  add(event: Event): void;
  /** Drops points of this step and later ones. @returns the length that is left */
  cutFrom(step: number): number;
  cutTo(length: number): void;
}

export function createStepColumns(): GrowingColumns<RunEventOf<'step'>, StepPoints> {
  const points: StepPoints = {
    ...{ step: [], loss: [], learningRate: [], gradientNorm: [], tokensPerSecond: [] },
    ...{ gpuMemory: [], gpuUtilization: [], elapsedSeconds: [] },
  };
  return {
    points,
    add(event) {
      points.step.push(event.step);
      points.loss.push(event.loss);
      points.learningRate.push(event.learning_rate);
      points.gradientNorm.push(event.gradient_norm);
      points.tokensPerSecond.push(event.tokens_per_second);
      points.gpuMemory.push(event.gpu_memory_bytes);
      points.gpuUtilization.push(event.gpu_utilization);
      points.elapsedSeconds.push(event.elapsed_seconds);
    },
    ...cutting(points),
  };
}

export function createEvalColumns(): GrowingColumns<RunEventOf<'eval'>, EvalPoints> {
  const points: EvalPoints = { step: [], validationLoss: [], tokenAccuracy: [], executionAccuracy: [] };
  return {
    points,
    add(event) {
      points.step.push(event.step);
      points.validationLoss.push(event.validation_loss);
      points.tokenAccuracy.push(event.token_accuracy);
      points.executionAccuracy.push(event.execution_accuracy);
    },
    ...cutting(points),
  };
}

function cutting(points: Columns) {
  const cutTo = (length: number): void => {
    for (const column of Object.values(points)) column.length = Math.min(column.length, length);
  };
  return {
    cutTo,
    cutFrom(step: number): number {
      let { length } = points.step;
      while (length > 0 && (points.step[length - 1] ?? 0) >= step) length -= 1;
      if (length < points.step.length) cutTo(length);
      return length;
    },
  };
}

/** A part of each column. */
export function sliceColumns<T extends Columns>(points: T, from: number, to: number): T {
  return Object.fromEntries(
    Object.entries(points).map(([name, column]) => [name, column.slice(from, to)]),
  ) as unknown as T;
}
