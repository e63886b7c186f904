import { base, en, Faker } from '@faker-js/faker';

/** The day that the demo databases take for today: nothing in them is later, but appointments and expiry dates. */
export const today = '2025-06-30';

const msPerDay = 86_400_000;

/** Seeded randomness: the same seed gives the same values, in the same order of calls. */
export interface Random {
  faker: Faker;
  /** Whole number, both ends included. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** An item by its weight: `[['a', 3], ['b', 1]]`. */
  weighted<T>(items: readonly (readonly [T, number])[]): T;
  /** Index below `length`; low ones come more often, the more so the higher the skew (1 is even). */
  skewed(length: number, skew: number): number;
  /** ISO date, both ends included. */
  date(from: string, to: string): string;
  /** Amount with two decimals. */
  money(min: number, max: number): number;
  /** ISO timestamp without zone within opening hours of the day. */
  timeOn(date: string, fromHour: number, toHour: number): string;
}

export function createRandom(seed: number): Random {
  const faker = new Faker({ locale: [en, base] });
  faker.seed(seed);
  const fraction = (): number => faker.number.int({ max: 2 ** 32 - 1 }) / 2 ** 32;
  const int = (min: number, max: number): number => min + Math.floor(fraction() * (max - min + 1));
  return {
    faker,
    int,
    chance: (probability) => fraction() < probability,
    pick: (items) => itemAt(items, int(0, items.length - 1)),
    weighted: (items) => pickWeighted(items, fraction()),
    skewed: (length, skew) => Math.floor(length * fraction() ** skew),
    date: (from, to) => addDays(from, int(0, daysBetween(from, to))),
    money: (min, max) => int(Math.round(min * 100), Math.round(max * 100)) / 100,
    timeOn: (date, fromHour, toHour) => `${date} ${pad(int(fromHour, toHour - 1))}:${pad(int(0, 11) * 5)}:00`,
  };
}

function pickWeighted<T>(items: readonly (readonly [T, number])[], fraction: number): T {
  const total = items.reduce((sum, [, weight]) => sum + weight, 0);
  let left = fraction * total;
  for (const [item, weight] of items) {
    left -= weight;
    if (left < 0) return item;
  }
  return itemAt(items, items.length - 1)[0];
}

/** The item; throws where there is none, so that a wrong index cannot become a NULL in the data. */
export function itemAt<T>(items: readonly T[], index: number): T {
  if (index < 0 || index >= items.length) throw new RangeError(`No item ${index} of ${items.length}.`);
  return items[index] as T;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * msPerDay).toISOString().slice(0, 10);
}

/** Never below 0. */
export function daysBetween(from: string, to: string): number {
  return Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / msPerDay));
}

export function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

/** Two decimals, against the noise of binary fractions. */
export function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}

export function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
