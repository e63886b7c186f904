import type { LanguageModel } from '../runtime/index.ts';

/** What a model was busy with, in milliseconds. */
export interface ModelUse {
  /** Inside the model, reading the prompt left out. */
  writeMs: number;
  promptMs: number;
  /** `performance.now()` at the first token's choice; undefined while there was none. */
  firstTokenAt: number | undefined;
  /** Tokens that were evaluated to score what may follow. */
  scored: number;
}

/** The same model, and a clock for what is spent in it: all the rest is the constraint's, the search's and the prompt's. */
export function watchModel(model: LanguageModel): { watched: LanguageModel; use: ModelUse } {
  const use: ModelUse = { writeMs: 0, promptMs: 0, firstTokenAt: undefined, scored: 0 };
  const count = async <T>(part: 'writeMs' | 'promptMs', work: () => Promise<T>): Promise<T> => {
    const before = performance.now();
    try {
      return await work();
    } finally {
      use[part] += performance.now() - before;
    }
  };
  const own: Partial<LanguageModel> = {
    readPrompt: (tokens, signal) => count('promptMs', () => model.readPrompt(tokens, signal)),
    async scoreNext(tokens, wanted, signal) {
      const logits = await count('writeMs', () => model.scoreNext(tokens, wanted, signal));
      use.scored++;
      use.firstTokenAt ??= performance.now();
      return logits;
    },
    async *writeText(tokens, options) {
      const written = model.writeText(tokens, options);
      try {
        for (;;) {
          const next = await count('writeMs', () => written.next());
          use.firstTokenAt ??= performance.now();
          if (next.done) return;
          use.scored++;
          yield next.value;
        }
      } finally {
        await written.return(undefined);
      }
    },
  };
  const watched = new Proxy(model, {
    get(target, key) {
      const value: unknown = Reflect.get(own, key) ?? Reflect.get(target, key);
      return typeof value === 'function' && !(key in own) ? (value.bind(target) as unknown) : value;
    },
  });
  return { watched, use };
}
