/** Entry of the thread that asks both engines once: SQLite blocks while it works. */
import { parentPort, workerData } from 'node:worker_threads';
import { AppError, type ErrorPayload, type LiveProof } from '../../contract/index.ts';
import { askBothEngines } from './ask-both-engines.ts';
import type { LiveQuery } from './live-query.ts';

export type LiveReply = { proof: LiveProof } | { error: ErrorPayload };

async function answer(): Promise<LiveReply> {
  try {
    return { proof: await askBothEngines(workerData as LiveQuery) };
  } catch (error) {
    return { error: AppError.from(error).toPayload() };
  }
}

parentPort?.postMessage(await answer());
