import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { demoNameSchema, type CoreClient } from '../../contract/index.ts';
import { connectInMemory } from '../connect-in-memory.ts';
import { createCore } from '../create-core.ts';
import { cancelQuestion, cancelStatement, type Question } from './cancel-question.ts';
import { readUse, type ProcessUse } from './read-use.ts';

export interface SoakOptions {
  /** Questions in a row. */
  questions: number;
  /** Demo databases that are asked in turns. Defaults to two. */
  databases?: readonly string[] | undefined;
  report(done: number, total: number): void;
  signal: AbortSignal;
}

/** Memory in bytes; `from` is taken after a fifth of the questions, when all that is kept on purpose is there. */
export interface SoakReport {
  questions: number;
  /** Questions that ended with an error; wrong or invalid statements are none. */
  failed: number;
  from: ProcessUse;
  to: ProcessUse;
  /** Of the resident memory, by the straight line through all samples between `from` and `to`: 0.02 is 2 %. */
  growth: number;
  /** Resident memory of every sample, warm-up included: whether it levels off can be seen in it. */
  rssBytes: number[];
  /** Sorted milliseconds from a cancel until the next question had the model, or the statement was given up. */
  cancelledMs: { prompt: number[]; generating: number[]; executing: number[] };
}

const samples = 50;
/** Every so many questions one is cancelled. */
const cancelEvery = 10;

/**
 * Asks the demo databases' questions in turns through one core, in this process, and looks at what the process holds. The
 * core has a folder of its own, so that no history and no database of the user is touched.
 */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'sqlcodegen-soak-'));
  const core = await createCore({ dataDir, version: 'soak' });
  const link = connectInMemory(core.handlers);
  try {
    return await soak(link.client, options);
  } finally {
    link.close();
    await core.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function soak(client: CoreClient, options: SoakOptions): Promise<SoakReport> {
  const questions = await listQuestions(client, options.databases ?? demoNameSchema.options.slice(0, 2));
  const total = options.questions;
  const uses: ProcessUse[] = [];
  const cancelledMs: SoakReport['cancelledMs'] = { prompt: [], generating: [], executing: [] };
  let failed = 0;
  const at = (index: number): Question => questions[index % questions.length] as Question;
  for (let index = 0; index < total; index++) {
    options.signal.throwIfAborted();
    if (index % cancelEvery === cancelEvery - 1) {
      await cancelOne(client, index / cancelEvery, [at(index), at(index + 1)], cancelledMs);
    } else if (!(await ask(client, at(index), options.signal))) failed++;
    if ((index + 1) % Math.max(1, Math.floor(total / samples)) === 0) uses.push(readUse());
    options.report(index + 1, total);
  }
  const settled = uses.slice(Math.floor(uses.length / 5));
  const [from, to] = [settled[0] as ProcessUse, settled.at(-1) as ProcessUse];
  for (const list of Object.values(cancelledMs)) list.sort((a, b) => a - b);
  const growth = growthOf(settled.map(({ rssBytes }) => rssBytes));
  const rssBytes = uses.map((use) => use.rssBytes);
  return { questions: total, failed, from, to, growth, rssBytes, cancelledMs };
}

/** The databases in turns, so that each question finds another schema than the one before. */
async function listQuestions(client: CoreClient, databases: readonly string[]): Promise<Question[]> {
  const lists = (await client['demo.list']({}))
    .filter(({ name }) => databases.includes(name))
    .map(({ name, questions }) =>
      questions.map(({ question }) => ({ connectionId: `demo:${name}`, question })),
    );
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list[index] ?? [])).flat();
}

async function ask(client: CoreClient, question: Question, signal: AbortSignal): Promise<boolean> {
  try {
    for await (const event of client['generation.ask']({ ...question, remember: false }, { signal })) {
      if (event.kind === 'answer') return true;
    }
    return false;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

async function cancelOne(
  client: CoreClient,
  turn: number,
  pair: readonly [Question, Question],
  cancelledMs: SoakReport['cancelledMs'],
): Promise<void> {
  const stage = (['prompt', 'generating', 'executing'] as const)[Math.floor(turn) % 3] ?? 'prompt';
  const ms =
    stage === 'executing'
      ? await cancelStatement(client, pair[0].connectionId)
      : await cancelQuestion(client, stage, pair);
  if (ms !== undefined) cancelledMs[stage].push(ms);
}

/** How far the least-squares line through the values rises from its first to its last point, over the first. */
export function growthOf(values: readonly number[]): number {
  const count = values.length;
  const middle = (count - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const along = values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0);
  const spread = values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
  const slope = spread === 0 ? 0 : along / spread;
  return (slope * (count - 1)) / (mean - slope * middle);
}
