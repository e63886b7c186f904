import {
  AppError,
  type EvaluationRow,
  type GateRow,
  type HandlerContext,
  type LoopModel,
} from '../../contract/index.ts';
import { evaluateCase, type EvaluationCase, type EvaluationDeps } from '../evaluate.ts';
import type { GateFolder, GateSide, KeptGate } from './gate-folder.ts';
import { judgeGate, type JudgedSet } from './judge-gate.ts';

/** A question of a gate. */
export interface GateCase {
  case: EvaluationCase;
  /** Index into the gate's sets. */
  set: number;
  important: boolean;
  use: GateRow['use'];
}

export interface GateQuestions {
  sets: JudgedSet[];
  cases: GateCase[];
}

export interface RunGateDeps {
  evaluation: EvaluationDeps;
  folder: GateFolder;
  listQuestions(gate: KeptGate, context: HandlerContext): Promise<GateQuestions>;
  /** The model as the app asks it on a connection: with the connection's adapter, where that fits. */
  referTo(model: LoopModel, connectionId: string): string;
}

export interface GateReporter {
  progress(progress: { done: number; total: number; note?: string }): void;
  log(text: string, level?: 'warning'): void;
}

/**
 * Asks the model in use and the candidate the same questions, one model after the other, and judges. What an earlier
 * attempt wrote down is not asked again.
 * @throws AppError INVALID_INPUT where there is no question, or why none can be answered
 */
export async function runGate(
  id: string,
  deps: RunGateDeps,
  report: GateReporter,
  context: HandlerContext,
): Promise<void> {
  const gate = await deps.folder.get(id);
  const questions = await deps.listQuestions(gate, context);
  if (questions.cases.length === 0) throw noQuestion();
  report.log(`${questions.cases.length} questions: ${questions.sets.map(({ title }) => title).join(', ')}.`);
  const asking = { deps, gate, questions, report, total: 2 * questions.cases.length };
  const before = await askAll(asking, 'before', 0, context);
  const after = await askAll(asking, 'after', questions.cases.length, context);
  const { rows, notAsked } = pairUp(questions.cases, before, after);
  const judged = judgeGate(rows, questions.sets, notAsked);
  report.log(`${judged.verdict}: ${judged.reason}`);
  for (const row of rows.filter((each) => each.correctBefore && !each.correctAfter))
    report.log(`broken: ${row.question}`, 'warning');
  await deps.folder.writeReport(id, judged);
  await deps.folder.change(id, { endedAt: new Date().toISOString() });
}

interface Asking {
  deps: RunGateDeps;
  gate: KeptGate;
  questions: GateQuestions;
  report: GateReporter;
  total: number;
}

type Answers = Map<string, EvaluationRow | undefined>;

async function askAll(
  { deps, gate, questions, report, total }: Asking,
  side: GateSide,
  offset: number,
  context: HandlerContext,
): Promise<Answers> {
  const model = side === 'before' ? gate.inUse : gate.candidate;
  const known: Answers = new Map(deps.folder.answers(gate.id, side).map(({ key, row }) => [key, row]));
  report.log(`${side === 'before' ? 'The model in use' : 'The candidate'}: ${model.name}.`);
  for (const [index, { case: asked }] of questions.cases.entries()) {
    report.progress({ done: offset + index, total, note: `${model.name}: ${asked.question}` });
    const key = keyOf(asked);
    if (known.has(key)) continue;
    const row = await askOne(deps, asked, model, gate, context);
    deps.folder.addAnswer(gate.id, side, { key, row });
    known.set(key, row);
  }
  report.progress({ done: offset + questions.cases.length, total });
  return known;
}

/** Undefined where the gold SQL itself does not run: the question judges nothing. */
async function askOne(
  { evaluation, referTo }: RunGateDeps,
  asked: EvaluationCase,
  model: LoopModel,
  { mode }: KeptGate,
  context: HandlerContext,
): Promise<EvaluationRow | undefined> {
  try {
    const modelPath = referTo(model, asked.connectionId);
    const { model: _, ...row } = await evaluateCase(evaluation, asked, { modelPath, mode }, context);
    return row;
  } catch (thrown) {
    const isStale = AppError.from(thrown).code === 'DATASET_CORRUPT';
    if (context.signal.aborted || !isStale) throw thrown;
    return undefined;
  }
}

/** Another question under an old id is another one. */
function keyOf({ connectionId, id, question, goldSql }: EvaluationCase): string {
  return [connectionId, id, question, goldSql].join('\n');
}

function pairUp(cases: readonly GateCase[], before: Answers, after: Answers) {
  const rows: GateRow[] = [];
  const notAsked: string[] = [];
  for (const { case: asked, set, important, use } of cases) {
    const [was, is] = [before.get(keyOf(asked)), after.get(keyOf(asked))];
    if (!was || !is) {
      notAsked.push(asked.question);
      continue;
    }
    const { id, connectionId, question, goldSql } = asked;
    rows.push({
      ...{ id, set, connectionId, question, goldSql, important, use },
      ...{ sqlBefore: was.predictedSql, sqlAfter: is.predictedSql },
      ...{ correctBefore: was.correct, correctAfter: is.correct, causesAfter: is.causes },
      ...(is.message === undefined ? {} : { messageAfter: is.message }),
    });
  }
  return { rows, notAsked };
}

function noQuestion(): AppError {
  return new AppError('INVALID_INPUT', 'There is no question to ask.', {
    hint: 'Save verified answers on the Ask page, or choose another set of questions.',
  });
}
