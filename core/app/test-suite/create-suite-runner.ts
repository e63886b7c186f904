import type { HandlerContext } from '../../contract/index.ts';
import type { AskedQuestion, RunEvaluationDeps } from '../../evaluation/index.ts';
import type { EmbeddedServer, EmbeddedServerManager } from '../../postgres/index.ts';
import { runTestSuite } from './run-test-suite.ts';

export interface SuiteRunnerOptions {
  /** The app's own server, which holds the fillings. */
  server: EmbeddedServerManager;
  openDatabase: RunEvaluationDeps['openDatabase'];
  /** Keeps the fillings of each database. */
  cacheDir: string;
}

/** Test suites for questions on any connection; the databases themselves are only read. */
export function createSuiteRunner(options: SuiteRunnerOptions): RunEvaluationDeps['runTestSuite'] {
  return async function* (questions, { n, fillings }, context: HandlerContext) {
    const { signal } = context;
    const server: EmbeddedServer = await options.server.server({ signal });
    // Opened ones are shared: whoever opened them closes them.
    const openDatabase = async ({ connectionId }: AskedQuestion) => {
      const { readRows } = await options.openDatabase(connectionId, context);
      return { readRows };
    };
    yield* runTestSuite(questions, n, { server, openDatabase, cacheDir: options.cacheDir, fillings, signal });
  };
}
