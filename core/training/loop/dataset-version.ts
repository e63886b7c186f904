import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AppError,
  trainingVersionSchema,
  type TrainingSource,
  type TrainingVersion,
  type VerifiedExample,
  type VersionedExample,
} from '../../contract/index.ts';
import type { BuiltData, BuiltSource, TargetForm } from '../data/index.ts';

/** In the run's folder, beside its data. */
export const versionFile = 'dataset-version.json';

export interface VersionDraft {
  runId: string;
  runDir: string;
  targetForm: TargetForm;
  /** As it was written to `data/train.jsonl` and `data/val.jsonl`. */
  built: BuiltData;
  titleOf(source: TrainingSource): Promise<string>;
  findExample(id: string): VerifiedExample | undefined;
}

/** Writes down what a run is trained on, once its data lies in its folder. */
export async function recordVersion(draft: VersionDraft): Promise<TrainingVersion> {
  const { built, runDir } = draft;
  const version: TrainingVersion = {
    hash: await hashData(runDir),
    ...{ runId: draft.runId, createdAt: new Date().toISOString(), targetForm: draft.targetForm },
    trainExamples: built.train.length,
    validationExamples: built.validation.length,
    sources: await Promise.all(built.sources.map((source) => describeSource(source, draft))),
    verified: built.sources.flatMap((source) => listVerified(source, draft)),
  };
  const file = join(runDir, versionFile);
  await writeFile(`${file}.partial`, `${JSON.stringify(version, null, 1)}\n`);
  await rename(`${file}.partial`, file);
  return version;
}

/** @throws AppError NOT_FOUND where the run has none */
export async function readVersion(runDir: string): Promise<TrainingVersion> {
  const text = await readFile(join(runDir, versionFile), 'utf8').catch(() => undefined);
  const version = text === undefined ? undefined : parse(text);
  if (version) return version;
  throw new AppError('NOT_FOUND', 'It is not known what this run was trained on.', {
    hint: 'Runs that were started outside the app do not write it down.',
  });
}

function parse(text: string): TrainingVersion | undefined {
  try {
    return trainingVersionSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Of both files' bytes, training first; the name of the file is not in it. */
async function hashData(runDir: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of ['train.jsonl', 'val.jsonl']) {
    const bytes = await readFile(join(runDir, 'data', name)).catch(() => Buffer.alloc(0));
    hash.update(`${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

async function describeSource({ source, train, validation, leftOut }: BuiltSource, draft: VersionDraft) {
  return {
    source,
    title: await draft.titleOf(source),
    trainExamples: train.length,
    validationExamples: validation.length,
    leftOut: leftOut.length,
  };
}

function listVerified({ source, train, validation, leftOut }: BuiltSource, draft: VersionDraft) {
  if (source.kind !== 'verified') return [];
  const describe = (id: string, use: VersionedExample['use'], reason?: string): VersionedExample[] => {
    const example = draft.findExample(id);
    if (!example) return [];
    const { connectionId, question, sql } = example;
    return [{ id, connectionId, question, sql, use, ...(reason === undefined ? {} : { reason }) }];
  };
  // Weighed examples stand there more than once.
  const trained = [...new Set(train.map(({ id }) => id))];
  return [
    ...trained.flatMap((id) => describe(id, 'trained')),
    ...validation.flatMap(({ id }) => describe(id, 'held-out')),
    ...leftOut.flatMap(({ id, reason }) => describe(id, 'left-out', reason)),
  ];
}
