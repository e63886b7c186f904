/** A logistic model: probability = 1 / (1 + exp(-(intercept + weights · features))). */
export interface LogisticModel {
  intercept: number;
  weights: number[];
}

export interface LogisticCase {
  features: readonly number[];
  /** Whether it is one of those whose probability is wanted. */
  positive: boolean;
}

/** Keeps weights finite where a feature separates the cases; small beside hundreds of them. */
const ridge = 0.1;
const steps = 50;

export function applyLogistic({ intercept, weights }: LogisticModel, features: readonly number[]): number {
  const sum = weights.reduce((total, weight, index) => total + weight * (features[index] ?? 0), intercept);
  return 1 / (1 + Math.exp(-sum));
}

/**
 * Platt scaling (Platt, 1999) for one feature or several: logistic regression by Newton's method with a small ridge
 * on the weights. The same cases give the same model.
 */
export function fitLogistic(cases: readonly LogisticCase[]): LogisticModel {
  const size = cases[0]?.features.length ?? 0;
  let parameters = Array.from({ length: size + 1 }, () => 0);
  for (let step = 0; step < steps; step++) {
    const change = newtonStep(cases, parameters);
    parameters = parameters.map((value, index) => value - (change[index] ?? 0));
    if (Math.max(...change.map(Math.abs)) < 1e-9) break;
  }
  const [intercept = 0, ...weights] = parameters;
  return { intercept, weights };
}

/** Solves Hessian · step = gradient of the penalised loss. */
function newtonStep(cases: readonly LogisticCase[], parameters: readonly number[]): number[] {
  const size = parameters.length;
  const penalty = (index: number) => (index === 0 ? 1e-6 : ridge);
  const gradient = parameters.map((value, index): number => penalty(index) * value);
  const hessian = parameters.map((_, row) =>
    Array.from({ length: size }, (__, column): number => (row === column ? penalty(row) : 0)),
  );
  const [intercept = 0, ...weights] = parameters;
  for (const { features, positive } of cases) {
    const inputs = [1, ...features];
    const probability = applyLogistic({ intercept, weights }, features);
    const slope = probability * (1 - probability);
    for (const [row, input] of inputs.entries()) {
      gradient[row] = (gradient[row] ?? 0) + (probability - (positive ? 1 : 0)) * input;
      const line = hessian[row] ?? [];
      for (const [column, other] of inputs.entries())
        line[column] = (line[column] ?? 0) + slope * input * other;
    }
  }
  return solve(hessian, gradient);
}

/** Gaussian elimination with partial pivoting. */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, index) => [...row, right[index] ?? 0]);
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let pivot = 0; pivot < rows.length; pivot++) {
    const best = rows.reduce(
      (top, _, row) => (row > pivot && Math.abs(at(row, pivot)) > Math.abs(at(top, pivot)) ? row : top),
      pivot,
    );
    [rows[pivot], rows[best]] = [rows[best] ?? [], rows[pivot] ?? []];
    for (let row = 0; row < rows.length; row++) {
      if (row === pivot || at(pivot, pivot) === 0) continue;
      const factor = at(row, pivot) / at(pivot, pivot);
      rows[row] = (rows[row] ?? []).map((value, column) => value - factor * at(pivot, column));
    }
  }
  return rows.map((_, row) => (at(row, row) === 0 ? 0 : at(row, rows.length) / at(row, row)));
}
