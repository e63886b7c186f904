import type { AskInput, CoreHandlers, HandlerContext, HistoryEntry } from '../contract/index.ts';
import { askQuestion, type AskDeps } from './ask.ts';

export interface HistoryStore {
  add(entry: Omit<HistoryEntry, 'id' | 'createdAt'>): string;
  list(filter: { connectionId?: string | undefined; limit: number }): HistoryEntry[];
  remove(id: string): boolean;
  clear(filter: { connectionId?: string | undefined }): number;
}

export type GenerationHandlers = Pick<
  CoreHandlers,
  'generation.ask' | 'history.list' | 'history.remove' | 'history.clear'
>;

/** What the generation domain offers through the contract. */
export function createGenerationHandlers(
  deps: Omit<AskDeps, 'history'> & { history: HistoryStore },
): GenerationHandlers {
  const { history } = deps;
  return {
    'generation.ask': (input: AskInput, context: HandlerContext) => askQuestion(deps, input, context),
    'history.list': async (filter) => history.list(filter),
    'history.remove': async ({ id }) => {
      history.remove(id);
      return {};
    },
    'history.clear': async (filter) => ({ removed: history.clear(filter) }),
  };
}
