/** Numbers that grow at their end without being copied for each that comes. NaN stands for none. */
export interface Column {
  /** A view on all of them, good until the next change. */
  values(): Float64Array;
  append(more: readonly (number | null)[]): void;
  /** Keeps the first so many. */
  truncate(length: number): void;
}

export function createColumn(): Column {
  let buffer = new Float64Array(1_024);
  let length = 0;
  return {
    values: () => buffer.subarray(0, length),
    append(more) {
      if (length + more.length > buffer.length) {
        const larger = new Float64Array(Math.max(buffer.length * 2, length + more.length));
        larger.set(buffer.subarray(0, length));
        buffer = larger;
      }
      for (const value of more) buffer[length++] = value ?? NaN;
    },
    truncate(kept) {
      length = Math.min(length, kept);
    },
  };
}

/** The place of the first value that is at least `wanted` among rising ones; their number where there is none. */
export function findFirst(values: Float64Array, wanted: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? Infinity) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place of the value closest to `wanted` among rising ones; -1 where there is none. */
export function findNearest(values: Float64Array, wanted: number): number {
  const after = findFirst(values, wanted);
  if (after === 0) return values.length === 0 ? -1 : 0;
  if (after === values.length) return after - 1;
  return (values[after] ?? 0) - wanted < wanted - (values[after - 1] ?? 0) ? after : after - 1;
}
