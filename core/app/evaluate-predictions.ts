import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AppError,
  predictedQuerySchema,
  type PredictedQuery,
  type PredictionReport,
} from '../contract/index.ts';
import { judgePredictions } from '../evaluation/index.ts';
import { openSpiderDatabases } from './open-spider-databases.ts';
import { reportTestSuite } from './test-suite/run-test-suite.ts';

export interface EvaluatePredictionsOptions {
  /** Holds raw/ and cache/. */
  dataDir: string;
  /** Lines `{id, dbId, question?, predictedSql, goldSql}`. */
  file: string;
  /** Only the first so many lines. */
  limit?: number | undefined;
  /** For each predicted statement, in milliseconds. Defaults to 5,000: Spider's own answers come in a few. */
  timeoutMs?: number | undefined;
  /** Holds what is right to so many generated fillings of each database besides. */
  testSuite?: number | undefined;
  signal: AbortSignal;
  report?: ((done: number, total: number) => void) | undefined;
}

/**
 * Execution accuracy of a file of predictions, on the server that the conversion loaded Spider's databases into.
 * @throws AppError INVALID_INPUT naming file and line, DATASET_MISSING before the import
 */
export async function evaluatePredictions({
  timeoutMs = 5_000,
  ...options
}: EvaluatePredictionsOptions): Promise<PredictionReport> {
  const predictions = await readPredictions(options.file, options.limit);
  const databases = await openSpiderDatabases(options.dataDir, options.signal);
  try {
    const report = await judgePredictions(predictions, {
      ...options,
      timeoutMs,
      openDatabase: databases.open,
    });
    if (options.testSuite === undefined) return report;
    const right = report.rows.filter((row) => row.outcome === 'correct');
    const testSuite = await reportTestSuite(right, report.n, {
      ...options,
      fillings: options.testSuite,
      server: databases.server,
      openDatabase: ({ dbId }) => databases.open(dbId),
      cacheDir: join(options.dataDir, 'cache', 'test-suite'),
    });
    return { ...report, testSuite };
  } finally {
    await databases.close();
  }
}

async function readPredictions(file: string, limit = Infinity): Promise<PredictedQuery[]> {
  const handle = await openFile(file);
  try {
    const predictions: PredictedQuery[] = [];
    let lineNumber = 0;
    for await (const line of handle.readLines({ encoding: 'utf8' })) {
      lineNumber += 1;
      if (predictions.length >= limit) break;
      if (line.trim() !== '') predictions.push(parsePrediction(line, `${file}, line ${lineNumber},`));
    }
    if (predictions.length > 0) return predictions;
    throw new AppError('INVALID_INPUT', `${file} holds no prediction.`, { hint: lineHint });
  } finally {
    await handle.close();
  }
}

const lineHint = 'Each line is {"id", "dbId", "predictedSql", "goldSql"}, with "question" if you like.';

function parsePrediction(line: string, place: string): PredictedQuery {
  const parsed = predictedQuerySchema.safeParse(parseJson(line, place));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = issue?.path.join('.') ?? '';
  throw new AppError('INVALID_INPUT', `${place} has no usable ${key === '' ? 'prediction' : key}.`, {
    hint: lineHint,
  });
}

function parseJson(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new AppError('INVALID_INPUT', `${place} is not JSON.`, { hint: lineHint, cause });
  }
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file, 'r');
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (cause) {
    throw new AppError('INVALID_INPUT', `The file ${file} cannot be read.`, {
      hint: 'Check its path and rights.',
      cause,
    });
  }
  throw new AppError('INVALID_INPUT', `${file} is not a file.`, { hint: 'Give a file of JSON Lines.' });
}
