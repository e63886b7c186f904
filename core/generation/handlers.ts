import {
  AppError,
  type AskInput,
  type CoreHandlers,
  type Feedback,
  type HandlerContext,
  type HistoryEntry,
} from '../contract/index.ts';
import { askQuestion, type AskDeps } from './ask.ts';
import { repairStatement } from './repair/repair-statement.ts';

export interface HistoryStore {
  add(entry: Omit<HistoryEntry, 'id' | 'createdAt'>): string;
  list(filter: { connectionId?: string | undefined; limit: number }): HistoryEntry[];
  giveFeedback(id: string, feedback: Feedback): HistoryEntry | undefined;
  remove(id: string): boolean;
  clear(filter: { connectionId?: string | undefined }): number;
}

export type GenerationHandlers = Pick<
  CoreHandlers,
  | 'generation.ask'
  | 'generation.repair'
  | 'history.list'
  | 'history.giveFeedback'
  | 'history.remove'
  | 'history.clear'
>;

/** What the generation domain offers through the contract. */
export function createGenerationHandlers(
  deps: Omit<AskDeps, 'history'> & { history: HistoryStore },
): GenerationHandlers {
  const { history } = deps;
  return {
    'generation.ask': (input: AskInput, context: HandlerContext) => askQuestion(deps, input, context),
    'generation.repair': (input, context) => repairStatement(deps, input, context),
    'history.list': async (filter) => history.list(filter),
    'history.giveFeedback': async ({ id, feedback }) => {
      const entry = history.giveFeedback(id, feedback);
      if (entry) return entry;
      throw new AppError('NOT_FOUND', 'This entry is not in the history any more.', {
        hint: 'Ask the question again, and judge the new answer.',
      });
    },
    'history.remove': async ({ id }) => {
      history.remove(id);
      return {};
    },
    'history.clear': async (filter) => ({ removed: history.clear(filter) }),
  };
}
