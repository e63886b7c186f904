import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError, hardnessSchema } from '../../contract/index.ts';
import { isOrdered, type EvaluationCase } from '../../evaluation/index.ts';
import { hardnessOf } from '../../sql/index.ts';

/** A line of `data/own/NAME/questions.jsonl`. */
const ownQuestionSchema = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  question: z.string().min(1),
  goldSql: z.string().min(1),
  /** By Spider's rules on the gold SQL where it is left out. */
  hardness: hardnessSchema.optional(),
  /** Whether the order of the rows is part of the answer. Defaults to whether the gold SQL orders them. */
  ordered: z.boolean().optional(),
});

/** What a database of data/own is called on the server, beside the demo databases. */
export function ownDatabaseName(name: string): string {
  return `own_${name}`;
}

/** Its tables and rows, and statistics as autovacuum would have made them. */
export async function readOwnScript(datasetDir: string, name: string): Promise<string> {
  const file = join(datasetDir, 'own', name, 'schema.sql');
  const script = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('INVALID_INPUT', `There is no database "${name}" in ${join(datasetDir, 'own')}.`, {
      hint: `A database is a folder there with schema.sql and questions.jsonl.`,
      cause,
    });
  });
  return `${script}\nANALYZE;`;
}

/** @throws AppError DATASET_MISSING where there is no such folder, DATASET_CORRUPT naming file and line */
export async function listOwnCases(datasetDir: string): Promise<EvaluationCase[]> {
  const folder = join(datasetDir, 'own');
  const names = await readdir(folder).catch(() => []);
  const isWhole = (name: string) =>
    ['schema.sql', 'questions.jsonl'].every((file) => existsSync(join(folder, name, file)));
  const databases = names.filter(isWhole).toSorted();
  const cases = await Promise.all(
    databases.map((db) => readQuestions(join(folder, db, 'questions.jsonl'), db)),
  );
  if (cases.length > 0) return cases.flat();
  throw new AppError('DATASET_MISSING', `There are no databases of questions in ${folder}.`, {
    hint: 'A database is a folder there with schema.sql and questions.jsonl.',
  });
}

async function readQuestions(file: string, db: string): Promise<EvaluationCase[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  const cases = lines.map((line, index) =>
    line.trim() === '' ? [] : [readQuestion(line, `${file}, line ${index + 1},`, db)],
  );
  return Promise.all(cases.flat());
}

async function readQuestion(line: string, place: string, db: string): Promise<EvaluationCase> {
  try {
    const { id, question, goldSql, hardness, ordered } = ownQuestionSchema.parse(JSON.parse(line));
    return {
      ...{ id, db, question, goldSql, connectionId: `own:${db}` },
      hardness: hardness ?? (await hardnessOf(goldSql)),
      ordered: ordered ?? (await isOrdered(goldSql)),
    };
  } catch (cause) {
    throw new AppError('DATASET_CORRUPT', `${place} is no question with its gold SQL.`, {
      hint: 'A line is {"id", "question", "goldSql"}, with "hardness" and "ordered" if you like.',
      cause,
    });
  }
}
