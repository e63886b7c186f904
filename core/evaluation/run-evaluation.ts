import {
  AppError,
  type evaluationContract,
  type EvaluationInput,
  type EvaluationReport,
  type EvaluationRow,
  type EvaluationSplit,
  type HandlerContext,
} from '../contract/index.ts';
import type { z } from 'zod';
import {
  evaluateCase,
  type EvaluationCase,
  type EvaluationDeps,
  type EvaluationOptions,
} from './evaluate.ts';
import { summarise } from './summarise.ts';
import type { SuiteQuestion, SuiteStep } from './test-suite/index.ts';

export interface RunEvaluationDeps extends EvaluationDeps {
  listCases(split: EvaluationSplit, context: HandlerContext): Promise<EvaluationCase[]>;
  /** Test-suite accuracy of those of `n` questions that are right on the shipped rows. */
  runTestSuite(
    questions: readonly AskedQuestion[],
    options: { n: number; fillings: number },
    context: HandlerContext,
  ): AsyncIterable<SuiteStep>;
}

export interface AskedQuestion extends SuiteQuestion {
  connectionId: string;
}

export type EvaluationEvent = z.infer<(typeof evaluationContract)['evaluation.run']['item']>;

/** Asks the questions one after another; tells what will be measured first, and the report last. */
export async function* runEvaluation(
  deps: RunEvaluationDeps,
  input: EvaluationInput,
  context: HandlerContext,
): AsyncGenerator<EvaluationEvent> {
  const options = chooseOptions(input);
  const known = rowsToKeep(input, options);
  const cases = await chooseCases(deps, input, context);
  const { mode, candidates } = options;
  const measuredAt = new Date().toISOString();
  const run = { split: input.split, mode, candidates, measuredAt, total: cases.length };
  yield { kind: 'start', run };
  const rows: EvaluationRow[] = [];
  let model = input.resume?.model ?? '';
  for (const each of cases) {
    const kept = known.get(each.id);
    const measured = kept ?? (await evaluateCase(deps, each, options, context));
    const { model: name = '', ...row } = { model, ...measured };
    if (model !== '' && name !== '' && name !== model) throw otherModel(model, name);
    model ||= name;
    rows.push(row);
    if (!kept) yield { kind: 'row', row, model, done: rows.length, total: cases.length };
  }
  const report = summarise({ ...run, model }, rows);
  if (input.testSuite === undefined) yield { kind: 'report', report };
  else yield* holdToSuite(deps, { report, cases, fillings: input.testSuite }, context);
}

async function* holdToSuite(
  deps: RunEvaluationDeps,
  { report, cases, fillings }: { report: EvaluationReport; cases: EvaluationCase[]; fillings: number },
  context: HandlerContext,
): AsyncGenerator<EvaluationEvent> {
  const questions = cases.flatMap(({ connectionId, ordered, goldSql }, index): AskedQuestion[] => {
    const row = report.rows[index];
    if (row?.correct !== true) return [];
    return [{ id: row.id, dbId: row.db, connectionId, ordered, goldSql, predictedSql: row.predictedSql }];
  });
  for await (const step of deps.runTestSuite(questions, { n: report.n, fillings }, context)) {
    if (step.kind === 'suite') yield step;
    else yield { kind: 'report', report: { ...report, testSuite: step.report } };
  }
}

/**
 * As in the app where nothing else is asked for. Only what votes takes several candidates.
 * @throws AppError INVALID_INPUT
 */
export function chooseOptions({
  mode,
  candidates,
  modelPath,
}: Omit<EvaluationInput, 'resume'>): EvaluationOptions {
  const chosen = mode ?? (candidates === 1 ? 'constrained' : 'voted');
  if (candidates === undefined || candidates > 1 === (chosen === 'voted')) {
    return { mode: chosen, candidates, modelPath };
  }
  throw new AppError('INVALID_INPUT', `The mode ${chosen} does not go with ${candidates} candidates.`, {
    hint: 'Only the mode voted takes several, and it takes at least two.',
  });
}

async function chooseCases(
  deps: RunEvaluationDeps,
  { split, db, limit }: EvaluationInput,
  context: HandlerContext,
): Promise<EvaluationCase[]> {
  const all = await deps.listCases(split, context);
  const cases = db === undefined ? all : all.filter((each) => each.db === db);
  if (cases.length > 0) return cases.slice(0, limit);
  const names = [...new Set(all.map((each) => each.db))];
  throw new AppError('INVALID_INPUT', `The split ${split} has no question on a database ${db}.`, {
    hint: `Its databases are ${names.join(', ')}.`,
  });
}

/** By their questions' ids. */
function rowsToKeep(
  { resume, split }: EvaluationInput,
  options: EvaluationOptions,
): Map<string, EvaluationRow> {
  if (resume === undefined) return new Map();
  const fits = (report: EvaluationReport) =>
    report.split === split && report.mode === options.mode && report.candidates === options.candidates;
  if (fits(resume)) return new Map(resume.rows.map((row) => [row.id, row]));
  const was = `${resume.split}, ${resume.mode}, ${resume.candidates ?? 'as many as the app writes'} candidates`;
  throw new AppError('INVALID_INPUT', `The run to go on with is another one: ${was}.`, {
    hint: 'Give the same split, mode and candidates, or start anew.',
  });
}

function otherModel(before: string, now: string): AppError {
  return new AppError(
    'INVALID_INPUT',
    `The run to go on with asked the model ${before}, this one asks ${now}.`,
    {
      hint: 'Give the same model, or start anew.',
    },
  );
}
