import { AppError, type SuiteReport, type SuiteRow } from '../../contract/index.ts';
import { loadRewriter } from '../../conversion/rewrite.ts';
import {
  keepFillings,
  reportSuite,
  runSuite,
  type SuiteQuestion,
  type SuiteSource,
  type SuiteStep,
} from '../../evaluation/test-suite/index.ts';
import type { Database } from '../../postgres/index.ts';
import { hashCode } from '../hash-code.ts';
import { describeSource } from './describe-source.ts';
import { openSuiteLoader, type SuiteServer } from './open-suite-loader.ts';

export interface TestSuiteOptions<Q extends SuiteQuestion = SuiteQuestion> {
  /** The server that holds the fillings while they are asked; never a user's. */
  server: SuiteServer;
  /** Opens the database of a question, for reading its tables and some of its rows; closed here where it can be. */
  openDatabase(question: Q): Promise<Pick<Database, 'readRows'> & { close?(): Promise<void> }>;
  /** Keeps the fillings, a file for each database. */
  cacheDir: string;
  /** Shuffled fillings of each database, 6 by default. */
  fillings?: number | undefined;
  seed?: number | undefined;
  /** For each statement on a filling, in milliseconds: 3,000 by default; fillings are small. */
  timeoutMs?: number | undefined;
  nulls?: 'shipped' | 'allowed' | undefined;
  signal: AbortSignal;
}

export const defaultFillings = 6;
const defaultSeed = 1;
const defaultTimeoutMs = 3_000;

/**
 * Test-suite accuracy: every prediction that is right on the shipped rows is held to several fillings of its database.
 * Tells after each database how many questions are done, and gives the report last.
 * @param questions those right on the shipped rows
 * @param n how many were judged there
 * @throws AppError CONFLICT where another command runs a test suite, CANCELLED, or why a database cannot be read
 */
export async function* runTestSuite<Q extends SuiteQuestion>(
  questions: readonly Q[],
  n: number,
  options: TestSuiteOptions<Q>,
): AsyncGenerator<SuiteStep> {
  const startedAt = performance.now();
  const { fillings: count = defaultFillings, seed = defaultSeed, timeoutMs = defaultTimeoutMs } = options;
  await loadRewriter();
  const codeHash = await hashCode(['evaluation/test-suite']);
  const loader = await openSuiteLoader(options.server);
  const rows: SuiteRow[] = [];
  try {
    for (const own of Map.groupBy(questions, (question) => question.dbId).values()) {
      options.signal.throwIfAborted();
      const [first] = own;
      if (first === undefined) continue;
      const source = await readSource(first, { ...options, seed });
      const fillings = await keepFillings(options.cacheDir, source, { count, seed, codeHash });
      rows.push(...(await runSuite(source, own, { loader, fillings, timeoutMs, signal: options.signal })));
      yield { kind: 'suite', done: rows.length, total: questions.length };
    }
  } finally {
    await loader.close();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  yield { kind: 'suite-report', report: reportSuite(rows, { fillings: count, seed, n, seconds }) };
}

/** The report alone. */
export async function reportTestSuite<Q extends SuiteQuestion>(
  questions: readonly Q[],
  n: number,
  options: TestSuiteOptions<Q> & { report?: ((done: number, total: number) => void) | undefined },
): Promise<SuiteReport> {
  for await (const step of runTestSuite(questions, n, options)) {
    if (step.kind === 'suite-report') return step.report;
    options.report?.(step.done, step.total);
  }
  throw new AppError('INTERNAL', 'The test suite ended without a report.');
}

async function readSource<Q extends SuiteQuestion>(
  question: Q,
  options: TestSuiteOptions<Q> & { seed: number },
): Promise<SuiteSource> {
  const database = await options.openDatabase(question);
  try {
    return await describeSource(database, question.dbId, options);
  } finally {
    await database.close?.();
  }
}
