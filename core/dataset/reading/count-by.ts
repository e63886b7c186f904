/** How often each value occurs, keys in the order of the first occurrence. */
export function countBy<T>(
  items: readonly T[],
  valuesOf: (item: T) => readonly string[],
): Record<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) {
    for (const value of valuesOf(item)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
