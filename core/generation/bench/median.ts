/** The middle of the values that are there; of an even number the upper one. */
export function median(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined && Number.isFinite(value)) as number[];
  return known.toSorted((a, b) => a - b)[known.length >> 1];
}

export function share(part: number, whole: number | undefined): number | undefined {
  return whole === undefined ? undefined : part / whole;
}
