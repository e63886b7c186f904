import {
  AppError,
  type GeneratedRows,
  type SuiteCoverage,
  type SuiteLoss,
  type SuiteRow,
} from '../../contract/index.ts';
import {
  askGold,
  confirmGold,
  guardSuiteSql,
  prepareGold,
  type GoldAnswer,
  type PreparedGold,
} from './ask-gold.ts';
import { isAnswer, isTelling, type DefinedAnswer } from './compare-answers.ts';
import { openSuiteDatabase, type SuiteDatabase, type SuiteReader } from './suite-database.ts';
import type { RowLoader } from '../../postgres/load-rows.ts';
import type { SuiteSource } from './suite-schema.ts';

/** A question whose predicted SQL gives the gold's rows on the shipped rows. */
export interface SuiteQuestion {
  id: string;
  dbId: string;
  goldSql: string;
  predictedSql: string;
  /** Whether the order of the rows is part of the answer. Defaults to whether the gold SQL orders them. */
  ordered?: boolean | undefined;
}

export interface SuiteOptions {
  /** Of a database in which nothing else has the source's namespace: see `openSuiteDatabase`. */
  loader: RowLoader;
  /** Fillings of the whole database, made once. */
  fillings: readonly GeneratedRows[];
  /** For each statement on a filling, in milliseconds. */
  timeoutMs: number;
  signal: AbortSignal;
}

/** All questions with one gold SQL, which is then asked once for each filling. */
interface Group {
  gold: PreparedGold | undefined;
  goldSql: string;
  coverage: SuiteCoverage;
  questions: Tried[];
}

interface Tried {
  question: SuiteQuestion;
  /** Undefined where the guard refuses it. */
  sql: string | undefined;
  lost: SuiteLoss | undefined;
  timeouts: number;
}

/**
 * Holds the predictions of one database to its fillings, then each to those made from its own gold SQL. A prediction
 * is lost where its rows are not the gold's on a filling on which the gold has a defined answer; after that it is not
 * asked again. Rows come back in the order of the questions.
 * @throws AppError CANCELLED, DISK_FULL, or why the tables cannot be made
 */
export async function runSuite(
  source: SuiteSource,
  questions: readonly SuiteQuestion[],
  options: SuiteOptions,
): Promise<SuiteRow[]> {
  const groups = await Promise.all(
    [...Map.groupBy(questions, ({ goldSql, ordered }) => JSON.stringify([goldSql, ordered]))].map(([, own]) =>
      makeGroup(own),
    ),
  );
  const database = await openSuiteDatabase(options.loader, source, options);
  try {
    for (const rows of options.fillings) await askFilling(database, rows, groups, options.signal);
    for (const group of groups) {
      const sets = group.gold === undefined ? [] : source.makeQueryRows(group.goldSql);
      for (const rows of sets) await askFilling(database, rows, [group], options.signal);
    }
  } finally {
    await database.close();
  }
  const rows = new Map(
    groups.flatMap((group) => group.questions.map((tried) => [tried.question, toRow(group, tried)])),
  );
  return questions.flatMap((question) => rows.get(question) ?? []);
}

async function makeGroup(questions: SuiteQuestion[]): Promise<Group> {
  const { goldSql = '', ordered } = questions[0] ?? {};
  return {
    goldSql,
    gold: await orUndefined(prepareGold(goldSql, ordered)),
    coverage: noCoverage(),
    questions: await Promise.all(
      questions.map(async (question) => ({
        question,
        sql: await orUndefined(guardSuiteSql(question.predictedSql)),
        lost: undefined,
        timeouts: 0,
      })),
    ),
  };
}

export function noCoverage(): SuiteCoverage {
  return { asked: 0, told: 0, empty: 0, undefined: 0, goldFailed: 0, refused: 0 };
}

async function orUndefined<T>(made: Promise<T>): Promise<T | undefined> {
  try {
    return await made;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

async function askFilling(
  database: SuiteDatabase,
  rows: GeneratedRows,
  groups: readonly Group[],
  signal: AbortSignal,
): Promise<void> {
  const open = groups.filter((group) => group.questions.some((each) => each.lost === undefined));
  const doubtful = open.filter((group) => group.gold?.mayBeArbitrary === true);
  const reversed = new Map<Group, GoldAnswer>();
  if (doubtful.length > 0) {
    const askReversed = async (reader: SuiteReader) => {
      for (const group of doubtful) if (group.gold) reversed.set(group, await askGold(reader, group.gold));
    };
    await database.withRows(rows, askReversed, { reversed: true });
  }
  const asked = await database.withRows(rows, async (reader) => {
    for (const group of open) {
      signal.throwIfAborted();
      await askGroup(reader, rows.kind, group, reversed.get(group));
    }
    return true;
  });
  if (asked === true) return;
  for (const { coverage } of open) {
    coverage.asked += 1;
    coverage.refused += 1;
  }
}

async function askGroup(
  reader: SuiteReader,
  filling: string,
  { gold, coverage, questions }: Group,
  reversed: GoldAnswer | undefined,
): Promise<void> {
  coverage.asked += 1;
  const answer = gold === undefined ? 'failed' : confirmGold(await askGold(reader, gold), reversed);
  if (answer === 'undefined') coverage.undefined += 1;
  else if (answer === 'failed') coverage.goldFailed += 1;
  else if (isTelling(answer.result)) coverage.told += 1;
  else coverage.empty += 1;
  if (typeof answer === 'string') return;
  const known = new Map<string, Judged>();
  for (const tried of questions) {
    if (tried.lost !== undefined || tried.sql === undefined) continue;
    const judged = known.get(tried.sql) ?? (await judge(reader, tried.sql, answer));
    known.set(tried.sql, judged);
    if (judged === 'timeout') tried.timeouts += 1;
    else if (judged !== 'same') tried.lost = { filling, ...judged };
  }
}

type Judged = 'same' | 'timeout' | Omit<SuiteLoss, 'filling'>;

async function judge(reader: SuiteReader, sql: string, answer: DefinedAnswer): Promise<Judged> {
  // One row more than the gold's shows that there are too many.
  const given = await reader.read(sql, answer.result.rows.length + 1);
  if ('error' in given) {
    return given.error === 'timeout' ? 'timeout' : { outcome: 'error', message: given.message };
  }
  if (isAnswer(answer, given.result)) return 'same';
  const [wanted, found] = [answer.result.rows.length, given.result.rows.length];
  const message =
    wanted === found ? 'As many rows as the gold SQL, other ones.' : describeCounts(wanted, found);
  return { outcome: 'wrong', message };
}

function describeCounts(wanted: number, found: number): string {
  return `The gold SQL gives ${wanted} ${wanted === 1 ? 'row' : 'rows'}, this ${found > wanted ? 'more' : found}.`;
}

function toRow({ coverage }: Group, { question: { id, dbId }, lost, timeouts, sql }: Tried): SuiteRow {
  const verdict =
    lost !== undefined ? 'lost' : coverage.told === 0 || sql === undefined ? 'untold' : 'passed';
  return { id, dbId, verdict, coverage: { ...coverage }, ...(lost === undefined ? {} : { lost }), timeouts };
}
