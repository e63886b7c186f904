import { join } from 'node:path';
import { AppError, type TrainingData, type TrainingSource } from '../../contract/index.ts';
import { createLeakCheck } from '../../dataset/find-leaks.ts';
import { createTimeSlices } from '../../dataset/reading/time-slices.ts';
import { writeLines } from '../../dataset/write-lines.ts';
import { chooseHeldBack, questionIn, repeatByWeight } from './divide-examples.ts';
import { readFileSource } from './read-file.ts';
import { readSpider } from './read-spider.ts';
import type { SourceExample, SourceExamples, TargetForm } from './source-example.ts';

/** What a model is measured by and may never learn. */
export interface Forbidden {
  questions: readonly string[];
  /** Spider's dev databases. */
  dbIds: readonly string[];
}

export interface DataDeps {
  datasetDir: string;
  /** Verified examples of a connection, in the words of the base. */
  readVerified(connectionId: string, form: TargetForm, signal: AbortSignal): Promise<SourceExamples>;
  readForbidden(signal: AbortSignal): Promise<Forbidden>;
}

export interface BuiltSource {
  source: TrainingSource;
  train: SourceExample[];
  validation: SourceExample[];
  leftOut: { id: string; question: string; reason: string }[];
}

export interface BuiltData {
  /** Weighed; in the order of the sources. */
  train: SourceExample[];
  validation: SourceExample[];
  sources: BuiltSource[];
}

/** The examples of one source, whatever its kind. */
export function readSourceExamples(
  source: TrainingSource,
  form: TargetForm,
  deps: DataDeps,
  signal: AbortSignal,
): Promise<SourceExamples> {
  if (source.kind === 'spider')
    return readSpider({ datasetDir: deps.datasetDir, version: source.version }, form, signal);
  if (source.kind === 'verified') return deps.readVerified(source.connectionId, form, signal);
  return readFileSource(source.path, signal);
}

/** What evaluations ask is told apart from what may be learned. */
const isMeasured = 'it is asked in an evaluation';

/**
 * Reads the sources, leaves out what evaluations ask, holds validation back and weighs the rest. The same sources give the
 * same examples in the same order.
 */
export async function buildData(
  data: TrainingData,
  form: TargetForm,
  deps: DataDeps,
  signal: AbortSignal,
): Promise<BuiltData> {
  const isMeasuredBy = createGuard(await deps.readForbidden(signal));
  const sources: BuiltSource[] = [];
  for (const source of data.sources) {
    const read = await readSourceExamples(source, form, deps, signal);
    const refuse = mayBeMeasured(source) ? isMeasuredBy : () => false;
    sources.push(await divide(source, read, data, refuse, signal));
  }
  const chosen = data.validationPath && (await readFileSource(data.validationPath, signal)).examples;
  const validation = chosen || sources.flatMap((source) => source.validation);
  return { train: sources.flatMap(({ train }) => train), validation, sources };
}

/** A question that an evaluation asks too says nothing of another database: `How many customers are there?` may be learned there. */
function mayBeMeasured(source: TrainingSource): boolean {
  return source.kind !== 'verified' || /^(demo|spider|own):/.test(source.connectionId);
}

type Guard = (example: SourceExample) => boolean;

function createGuard({ questions, dbIds }: Forbidden): Guard {
  const isForbidden = createLeakCheck(questions);
  const databases = new Set(dbIds);
  return ({ question, prompt, dbId }) => {
    if (dbId !== undefined && databases.has(dbId)) return true;
    const asked = question ?? questionIn(prompt);
    return asked !== undefined && isForbidden(asked);
  };
}

async function divide(
  source: TrainingSource,
  { examples, leftOut }: SourceExamples,
  { validationShare, validationPath }: TrainingData,
  isForbidden: Guard,
  signal: AbortSignal,
): Promise<BuiltSource> {
  const rest = createTimeSlices(signal);
  const [kept, validation, refused]: [SourceExample[], SourceExample[], BuiltSource['leftOut']] = [
    [],
    [],
    [...leftOut],
  ];
  for (const example of examples) {
    await rest();
    // Validation is never learned, so that it may be what evaluations ask: Spider's is half of its dev split.
    if (example.split === 'val') validation.push(example);
    else if (isForbidden(example))
      refused.push({ id: example.id, question: example.question ?? example.id, reason: isMeasured });
    else kept.push(example);
  }
  const bringsOwn = examples.some(({ split }) => split !== undefined);
  const share = bringsOwn || validationPath !== undefined ? 0 : validationShare;
  const heldBack = chooseHeldBack(kept, share);
  const trained = kept.filter((example) => !heldBack.has(example));
  return {
    source,
    train: repeatByWeight(trained, source.weight),
    validation: [...validation, ...heldBack],
    leftOut: refused,
  };
}

/** `data/train.jsonl` and, where there is any, `data/val.jsonl`. @throws AppError INVALID_INPUT where nothing is to be learned */
export async function writeData(built: BuiltData, runDir: string, signal: AbortSignal): Promise<void> {
  if (built.train.length === 0) throw nothingToLearn(built);
  await writeLines(join(runDir, 'data', 'train.jsonl'), built.train.map(toLine), signal);
  if (built.validation.length > 0)
    await writeLines(join(runDir, 'data', 'val.jsonl'), built.validation.map(toLine), signal);
}

function toLine(example: SourceExample): object {
  const { id, dbId, prompt, completion } = example;
  return { id, ...(isExecutable(example) && { dbId }), prompt, completion };
}

/** Whether its answer can be executed: on Spider's own databases, whatever a file calls its own. */
export function isExecutable({ dbId, split }: SourceExample): boolean {
  return dbId !== undefined && split !== undefined;
}

export function nothingToLearn({ sources }: BuiltData): AppError {
  const reasons = [...new Set(sources.flatMap(({ leftOut }) => leftOut.map(({ reason }) => reason)))];
  const why = reasons.length > 0 ? ` All there is was left out: ${reasons.slice(0, 3).join('; ')}.` : '';
  return new AppError('INVALID_INPUT', `The sources hold no example to train on.${why}`, {
    hint: 'Save verified answers on the Ask page, or choose another source.',
  });
}
