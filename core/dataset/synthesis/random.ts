/** A seeded source of random choices: the same seed gives the same dataset. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). */
  below(bound: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Up to `count` different items, in random order. */
  sample<T>(items: readonly T[], count: number): T[];
}

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty for choosing words. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (bound: number) => Math.floor(next() * bound);
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick<T>(items: readonly T[]): T {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError('Nothing to pick from.');
      return item;
    },
    sample<T>(items: readonly T[], count: number): T[] {
      const pool = [...items];
      for (let index = pool.length - 1; index > 0; index--) {
        const other = below(index + 1);
        [pool[index], pool[other]] = [pool[other] as T, pool[index] as T];
      }
      return pool.slice(0, count);
    },
  };
}

/** One text of a pattern such as `{Show|List} the name{s|}`; alternatives may nest. */
export function phrase(random: Random, pattern: string): string {
  const innermost = /\{([^{}]*)\}/;
  let text = pattern;
  for (let match = innermost.exec(text); match; match = innermost.exec(text)) {
    const choice = random.pick((match[1] ?? '').split('|'));
    text = text.slice(0, match.index) + choice + text.slice(match.index + match[0].length);
  }
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ([?.,])/g, '$1')
    .trim();
}
