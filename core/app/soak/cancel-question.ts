import { setTimeout as sleep } from 'node:timers/promises';
import type { AskInput, CoreClient } from '../../contract/index.ts';

export type Question = Pick<AskInput, 'connectionId' | 'question'>;

/**
 * Cancels a question as soon as it says that it is at a stage, and asks another one at once.
 * @returns milliseconds from the cancel until the other one has the model, its schema's reading included; undefined
 *   where the first came to no such stage
 */
export async function cancelQuestion(
  client: CoreClient,
  stage: 'prompt' | 'generating',
  [first, next]: readonly [Question, Question],
): Promise<number | undefined> {
  const controller = new AbortController();
  let cancelledAt: number | undefined;
  try {
    const input = { ...first, remember: false };
    for await (const event of client['generation.ask'](input, { signal: controller.signal })) {
      if (event.kind !== 'stage' || event.stage !== stage) continue;
      cancelledAt = performance.now();
      controller.abort();
    }
  } catch (error) {
    if (!controller.signal.aborted) throw error;
  }
  const hasModelAt = await askNext(client, next);
  return cancelledAt === undefined ? undefined : hasModelAt - cancelledAt;
}

/** @returns when it had the model, by `performance.now()` */
async function askNext(client: CoreClient, next: Question): Promise<number> {
  let hasModelAt = Number.POSITIVE_INFINITY;
  for await (const event of client['generation.ask']({ ...next, remember: false })) {
    if (event.kind === 'stage' && event.stage === 'prompt') hasModelAt = performance.now();
  }
  return hasModelAt;
}

/** @returns milliseconds from the cancel of a statement that sleeps until no statement sleeps on the server any more */
export async function cancelStatement(client: CoreClient, connectionId: string): Promise<number> {
  const controller = new AbortController();
  const input = { connectionId, sql: 'SELECT pg_sleep(60)', timeoutMs: 120_000 };
  const running = client['postgres.query'](input, { signal: controller.signal });
  const ended = running.catch((error: unknown) => {
    if (!controller.signal.aborted) throw error;
  });
  while (!(await isAsleep(client, connectionId))) await Promise.race([ended, sleep(10)]);
  const cancelledAt = performance.now();
  controller.abort();
  await ended;
  while (await isAsleep(client, connectionId)) await sleep(5);
  return performance.now() - cancelledAt;
}

async function isAsleep(client: CoreClient, connectionId: string): Promise<boolean> {
  const sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
  const { rows } = await client['postgres.query']({ connectionId, sql });
  return Number(rows[0]?.[0]) > 0;
}
