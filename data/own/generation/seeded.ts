/** Draws that are the same on every call and machine: mulberry32 (Tommy Ettinger, public domain) from a fixed seed. */
export interface Draws {
  /** Both ends included. */
  int(min: number, max: number): number;
  /** `decimals` digits after the point, both ends included. */
  decimal(min: number, max: number, decimals: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** ISO day, both ends included. */
  day(from: string, to: string): string;
}

export function createDraws(seed: number): Draws {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (min: number, max: number): number => min + Math.floor(fraction() * (max - min + 1));
  return {
    int,
    decimal: (min, max, decimals) => {
      const scale = 10 ** decimals;
      return int(Math.round(min * scale), Math.round(max * scale)) / scale;
    },
    chance: (probability) => fraction() < probability,
    pick: (items) => items[int(0, items.length - 1)] as (typeof items)[number],
    day: (from, to) => addDays(from, int(0, daysBetween(from, to))),
  };
}

const msPerDay = 86_400_000;

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * msPerDay).toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / msPerDay);
}
