import type { SuiteReport, SuiteRow } from '../../contract/index.ts';
import { loadRewriter } from '../../conversion/rewrite.ts';
import {
  keepFillings,
  reportSuite,
  runSuite,
  type SuiteQuestion,
} from '../../evaluation/test-suite/index.ts';
import type { Database } from '../../postgres/index.ts';
import { hashCode } from '../hash-code.ts';
import { describeSource } from './describe-source.ts';
import { openSuiteLoader, type SuiteServer } from './open-suite-loader.ts';

export interface TestSuiteOptions {
  /** The server that holds the fillings while they are asked; never a user's. */
  server: SuiteServer;
  /** Opens one of the evaluated databases, for reading its tables and some of its rows; closed here. */
  openDatabase(dbId: string): Promise<Pick<Database, 'readRows' | 'close'>>;
  /** Keeps the fillings, a file for each database. */
  cacheDir: string;
  /** Shuffled fillings of each database, 6 by default. */
  fillings?: number | undefined;
  seed?: number | undefined;
  /** For each statement on a filling, in milliseconds: 3,000 by default; fillings are small. */
  timeoutMs?: number | undefined;
  nulls?: 'shipped' | 'allowed' | undefined;
  signal: AbortSignal;
  report?: ((done: number, total: number) => void) | undefined;
}

export const defaultFillings = 6;
const defaultSeed = 1;
const defaultTimeoutMs = 3_000;

/**
 * Test-suite accuracy: every prediction that is right on the shipped rows is held to several fillings of its database.
 * @param questions those right on the shipped rows
 * @param n how many were judged there
 * @throws AppError CONFLICT where another command runs a test suite, CANCELLED, or why a database cannot be read
 */
export async function runTestSuite(
  questions: readonly SuiteQuestion[],
  n: number,
  options: TestSuiteOptions,
): Promise<SuiteReport> {
  const startedAt = performance.now();
  const { fillings: count = defaultFillings, seed = defaultSeed, signal } = options;
  await loadRewriter();
  const codeHash = await hashCode(['evaluation/test-suite']);
  const loader = await openSuiteLoader(options.server);
  const rows = new Map<string, SuiteRow[]>();
  try {
    let done = 0;
    for (const [dbId, own] of Map.groupBy(questions, (question) => question.dbId)) {
      signal.throwIfAborted();
      const source = await readSource(dbId, { ...options, seed });
      const fillings = await keepFillings(options.cacheDir, source, { count, seed, codeHash });
      const { timeoutMs = defaultTimeoutMs } = options;
      rows.set(dbId, await runSuite(source, own, { loader, fillings, timeoutMs, signal }));
      done += own.length;
      options.report?.(done, questions.length);
    }
  } finally {
    await loader.close();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  return reportSuite([...rows.values()].flat(), { fillings: count, seed, n, seconds });
}

async function readSource(dbId: string, options: TestSuiteOptions & { seed: number }) {
  const database = await options.openDatabase(dbId);
  try {
    return await describeSource(database, dbId, options);
  } finally {
    await database.close();
  }
}
