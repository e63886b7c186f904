/** How far a name may be, as a share of the longer one's letters. */
const farthest = 0.45;
/** Of a name that is a whole part of the other: `amount` of `total_amount`. */
const partDistance = 0.35;

/** The names most like one, the closest first; none that is farther than a typing error or another form of the word. */
export function findNearNames(name: string, known: Iterable<string>, most: number): string[] {
  const wanted = plain(name);
  return [...new Set(known)]
    .filter((other) => other !== name)
    .map((other) => ({ other, distance: distanceOf(wanted, plain(other)) }))
    .filter(({ distance }) => distance <= farthest)
    .toSorted((a, b) => a.distance - b.distance || a.other.localeCompare(b.other))
    .slice(0, most)
    .map(({ other }) => other);
}

/** `firstName`, `first_name` and `First Name` are one word. */
const plain = (name: string) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '');

function distanceOf(a: string, b: string): number {
  const edits = countEdits(a, b) / Math.max(a.length, b.length, 1);
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= 3 && long.includes(short) ? Math.min(edits, partDistance) : edits;
}

/** Letters put in, left out, changed, or swapped with their neighbour (Damerau and Levenshtein's distance, restricted). */
function countEdits(a: string, b: string): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const edits = [(last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(Math.min(...edits, ...(swapped ? [(before[j - 2] ?? 0) + 1] : [])));
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
