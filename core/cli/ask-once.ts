import type { Answer, AskEvent, CoreClient } from '../contract/index.ts';
import { AppError } from '../contract/index.ts';

type AskRequest = Parameters<CoreClient['generation.ask']>[0];
type Stage = Extract<AskEvent, { kind: 'stage' }>['stage'];

/** Asks and waits for the answer. @throws AppError when there can be none (no model, no server, cancelled). */
export async function askOnce(
  client: CoreClient,
  input: AskRequest,
  { signal, onStage }: { signal: AbortSignal; onStage?: (stage: Stage) => void },
): Promise<Answer> {
  for await (const event of client['generation.ask'](input, { signal })) {
    if (event.kind === 'stage') onStage?.(event.stage);
    if (event.kind === 'answer') return event.answer;
  }
  throw new AppError('INTERNAL', 'The core ended the question without an answer.');
}
