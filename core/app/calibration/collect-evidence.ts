import { createHash } from 'node:crypto';
import type { Outcome } from '../../contract/index.ts';
import { equalResults } from '../../evaluation/compare-results.ts';
import { isOrdered } from '../../evaluation/is-ordered.ts';
import { checkCandidate, runCandidate, type CheckedCandidate } from '../../generation/candidates.ts';
import { generate, type AnyGenerateInput } from '../../generation/generate.ts';
import { resultKey } from '../../generation/result-key.ts';
import { isAllNull } from '../../generation/vote.ts';
import type { Database } from '../../postgres/index.ts';
import { readHints, type SchemaReader, type ValueHint } from '../../schema/index.ts';

/** A question to calibrate with. */
export interface CalibrationCase {
  id: string;
  dbId: string;
  question: string;
  goldSql: string;
}

/** What came of one candidate, without its rows. */
export interface EvidenceCandidate {
  sql: string;
  logProb: number;
  outcome: Outcome;
  /** Equal for candidates whose rows are equal; absent where it did not run. */
  key?: string;
  rowCount?: number;
  /** One row, of NULLs alone. */
  allNull?: boolean;
  correct: boolean;
}

/** All that the weights are fitted on: one line of the evidence file. */
export interface EvidenceLine extends Omit<CalibrationCase, 'goldSql'> {
  hints: ValueHint[];
  candidates: EvidenceCandidate[];
  /** Milliseconds for the prompt and for all candidates. */
  promptMs: number;
  generateMs: number;
}

export interface CollectOptions {
  model: AnyGenerateInput['model'];
  schemas: SchemaReader;
  openDatabase(dbId: string): Promise<Database>;
  candidates: number;
  signal: AbortSignal;
}

/** Gold SQL is given the time it needs; a candidate what it has when it votes. */
const limits = { timeoutMs: 5_000, maxRows: 1_000 };

/** Writes, checks and runs the candidates of one question as `ask` does, and compares each with the gold rows. */
export async function collectEvidence(
  { model, schemas, openDatabase, candidates: maxCandidates, signal }: CollectOptions,
  { id, dbId, question, goldSql }: CalibrationCase,
): Promise<EvidenceLine> {
  const database = await openDatabase(dbId);
  const schema = await schemas.schemaOf(dbId, { signal });
  const hints = await readHints(schemas, dbId, question, { signal });
  const judge = await createJudge(database, goldSql, signal);
  const line: EvidenceLine = {
    ...{ id, dbId, question, hints },
    ...{ candidates: [], promptMs: 0, generateMs: 0 },
  };
  const started = performance.now();
  for await (const event of generate({ model, schema, question, hints, maxCandidates, signal })) {
    if (event.kind === 'prompt') line.promptMs = event.promptMs;
    if (event.kind !== 'candidate') continue;
    const checked = await checkCandidate(database, event.candidate, signal);
    const ran =
      checked.outcome === 'not-run' ? await runCandidate(database, checked, limits, signal) : checked;
    line.candidates.push(describe(ran, judge(ran)));
  }
  line.generateMs = performance.now() - started - line.promptMs;
  return line;
}

async function createJudge(database: Database, goldSql: string, signal: AbortSignal) {
  const gold = await database.runReadOnly(goldSql, { ...limits, timeoutMs: 30_000, signal });
  const ordered = await isOrdered(goldSql);
  return ({ result }: CheckedCandidate) => result !== undefined && equalResults(gold, result, { ordered });
}

function describe({ sql, logProb, outcome, result }: CheckedCandidate, correct: boolean): EvidenceCandidate {
  if (!result) return { sql, logProb, outcome, correct };
  const key = createHash('sha256').update(resultKey(result)).digest('hex').slice(0, 16);
  return { sql, logProb, outcome, correct, key, rowCount: result.rowCount, allNull: isAllNull(result) };
}
