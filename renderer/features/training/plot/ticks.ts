/** Seconds that a clock is read by, beyond which days are counted. */
const clockSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200];
const daySeconds = 86_400;

/** Round numbers within a range, about so many. */
export function findTicks(from: number, to: number, about: number): number[] {
  return everyStep(from, to, roundUp((to - from) / about));
}

/** The same for seconds: whole minutes, hours, days. */
export function findTimeTicks(from: number, to: number, about: number): number[] {
  const least = (to - from) / about;
  const step = clockSteps.find((one) => one >= least) ?? daySeconds * roundUp(least / daySeconds);
  return everyStep(from, to, step);
}

export interface Tick {
  value: number;
  figure: string;
}

/** Ticks with their figures: fewer where rounding would write two of them the same. */
export function findFigures(
  find: typeof findTicks,
  range: [number, number],
  about: number,
  format: (value: number) => string,
): Tick[] {
  const ticks = find(...range, about).map((value) => ({ value, figure: format(value) }));
  if (new Set(ticks.map(({ figure }) => figure)).size === ticks.length) return ticks;
  return findFigures(find, range, about / 2, format);
}

/** The next of 1, 2, 5, 10, 20, 50, … */
function roundUp(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const lead = least / power;
  return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power;
}

function everyStep(from: number, to: number, step: number): number[] {
  if (!(step > 0) || !Number.isFinite(step)) return [];
  const first = Math.ceil(from / step);
  const count = Math.max(0, Math.floor(to / step + 1e-9) - first + 1);
  return Array.from({ length: count }, (_, at) => (first + at) * step);
}
