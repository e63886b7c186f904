import type { Column } from './column.ts';

/**
 * An exponential moving mean as TensorBoard draws it: the beginning is not pulled towards zero, and what is no number
 * is passed over.
 */
export interface Smoother {
  /** Reads what the source has beyond what was read, writes as many to the target. */
  follow(source: Column, target: Column): void;
  /** From 0, as it is, to below 1. Everything is read again with another one. */
  setWeight(weight: number): void;
  /** The source changed before its end. */
  restart(): void;
}

export function createSmoother(initialWeight: number): Smoother {
  let weight = initialWeight;
  let sum = 0;
  let count = 0;
  let isStale = false;
  const next = (value: number): number => {
    if (!Number.isFinite(value)) return NaN;
    sum = sum * weight + (1 - weight) * value;
    count += 1;
    return weight === 0 ? value : sum / (1 - weight ** count);
  };
  return {
    follow(source, target) {
      if (isStale) {
        target.truncate(0);
        sum = count = 0;
        isStale = false;
      }
      const done = target.values().length;
      const more = source.values();
      if (done < more.length) target.append(Array.from(more.subarray(done), next));
    },
    setWeight(changed) {
      isStale ||= changed !== weight;
      weight = changed;
    },
    restart() {
      isStale = true;
    },
  };
}
