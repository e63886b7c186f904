import { AppError, type HandlerContext, type Repair } from '../../contract/index.ts';
import type { contract } from '../../contract/index.ts';
import { includedWords, narrowHints, narrowSchema } from '../../schema/index.ts';
import type { z } from 'zod';
import type { AskDeps } from '../ask.ts';
import { checkCandidate } from '../candidates.ts';
import { generate } from '../generate.ts';
import { refuseLeftOut } from '../refuse-left-out.ts';
import { repairNames } from './repair-names.ts';

export type RepairDeps = Pick<
  AskDeps,
  'openDatabase' | 'readSchema' | 'readHints' | 'models' | 'defaultModel'
>;
export type RepairInput = z.output<(typeof contract)['generation.repair']['input']>;

/** Said to the model where nobody knows what a statement typed by hand is meant to answer. */
const unknownQuestion = 'What the query below was meant to answer.';

/** A statement that PostgreSQL plans in the place of one that it refused, or why there is none. Nothing is run. */
export async function repairStatement(
  deps: RepairDeps,
  input: RepairInput,
  context: HandlerContext,
): Promise<Repair> {
  const { connectionId, sql, message } = input;
  const { signal } = context;
  try {
    const database = await deps.openDatabase(connectionId, context);
    const whole = await deps.readSchema(connectionId, context);
    const schema = narrowSchema(whole, input.tables ?? {});
    const byModel = await askModel(deps, input, context, { database, whole, schema });
    if (byModel.kind === 'repaired') return byModel;
    const byNames = await repairNames({ database, schema, sql, message, signal });
    return byNames === undefined ? byModel : { kind: 'repaired', sql: byNames, by: 'names' };
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new AppError('CANCELLED', 'The repair was cancelled.', { cause: error });
  }
}

interface Ground {
  database: Awaited<ReturnType<RepairDeps['openDatabase']>>;
  whole: Awaited<ReturnType<RepairDeps['readSchema']>>;
  schema: Ground['whole'];
}

/** One statement, written with the message before its eyes; a model that only reads questions is not asked. */
async function askModel(
  deps: RepairDeps,
  { connectionId, sql, message, modelPath, tables, question = unknownQuestion }: RepairInput,
  context: HandlerContext,
  { database, whole, schema }: Ground,
): Promise<Repair> {
  const { signal } = context;
  const { model, release } = await deps.models.acquire(modelPath ?? deps.defaultModel(connectionId), signal);
  try {
    const { name, targetForm } = model.facts;
    if (targetForm === 'sketch') return cannotRead(name);
    const found = (await deps.readHints?.(connectionId, question, context)) ?? [];
    const hints = narrowHints(whole, schema, found);
    const needed = includedWords(schema, tables ?? {});
    const failed = { sql, message };
    for await (const event of generate({
      model,
      schema,
      question,
      hints,
      needed,
      failed,
      maxCandidates: 1,
      signal,
    })) {
      if (event.kind !== 'candidate') continue;
      const checked = await checkCandidate(database, event.candidate, signal);
      const allowed = await refuseLeftOut(checked, whole, tables);
      if (allowed.outcome === 'not-run')
        return { kind: 'repaired', sql: allowed.sql, by: 'model', model: name };
      return wroteAnother(name, allowed.message);
    }
    return wroteAnother(name, undefined);
  } finally {
    release();
  }
}

function cannotRead(name: string): Repair {
  return {
    kind: 'impossible',
    message: `The model ${name} reads questions, not PostgreSQL’s messages, and the closest names of the schema do not make a statement that can be planned.`,
    hint: 'Correct the statement by hand, ask the question in other words, or choose a model that can read messages (a chat model as a GGUF file).',
  };
}

function wroteAnother(name: string, message: string | undefined): Repair {
  return {
    kind: 'impossible',
    message: `${name} wrote another statement that cannot be planned${message === undefined ? '.' : `: ${message}`}`,
    hint: 'Correct the statement by hand, or ask the question in other words.',
  };
}
