import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  AppError,
  type Connection,
  type SourceInfo,
  type SplitInfo,
  type VerifiedExample,
} from '../../contract/index.ts';
import { readChangedAt } from '../data/index.ts';

export interface SourceDeps {
  datasetDir: string;
  /** Counted without being read. */
  describeSplits(signal: AbortSignal): Promise<SplitInfo[]>;
  listVerified(): VerifiedExample[];
  listConnections(): Promise<Connection[]>;
}

/** The built dataset, and the verified examples of each connection; files are the user's to choose. */
export async function listSources(deps: SourceDeps, signal: AbortSignal): Promise<SourceInfo[]> {
  return [await describeSpider(deps, signal), ...(await describeVerified(deps))];
}

async function describeSpider(deps: SourceDeps, signal: AbortSignal): Promise<SourceInfo> {
  const common = { source: { kind: 'spider' as const, weight: 1 }, title: 'Spider on PostgreSQL' };
  if (!existsSync(join(deps.datasetDir, 'processed', 'train_postgres.jsonl'))) {
    const missing = new AppError('DATASET_MISSING', 'The dataset has not been built.', {
      hint: 'Build it on the Dataset page.',
    });
    return { ...common, examples: 0, missing: missing.toPayload() };
  }
  const splits = await deps.describeSplits(signal);
  const [train, val] = [find(splits, 'train'), find(splits, 'val')];
  const changedAt = await readChangedAt(deps.datasetDir);
  return {
    ...{ ...common, examples: train?.questions ?? 0, validationExamples: val?.questions ?? 0 },
    databases: train?.databases.length ?? 0,
    ...(changedAt !== undefined && { changedAt }),
    ...(train?.missing && { missing: train.missing }),
  };
}

function find(splits: readonly SplitInfo[], split: SplitInfo['split']): SplitInfo | undefined {
  return splits.find((one) => one.split === split);
}

async function describeVerified({ listVerified, listConnections }: SourceDeps): Promise<SourceInfo[]> {
  const connections = await listConnections();
  const byConnection = Map.groupBy(listVerified(), ({ connectionId }) => connectionId);
  return [...byConnection].map(([connectionId, own]): SourceInfo => {
    const name = connections.find(({ id }) => id === connectionId)?.name ?? demoNameOf(connectionId);
    const gone = new AppError('NOT_FOUND', 'Its connection was removed, so that its schema cannot be read.', {
      hint: 'Add the connection again.',
    });
    return {
      source: { kind: 'verified', connectionId, weight: 1 },
      title: `Verified examples of ${name ?? connectionId}`,
      ...{ examples: own.length, databases: 1, changedAt: latest(own) },
      ...(name === undefined && { missing: gone.toPayload() }),
    };
  });
}

const demoPattern = z.string().regex(/^(demo|url):/);

/** Demo databases and addresses are no kept connections, and are there all the same. */
function demoNameOf(connectionId: string): string | undefined {
  return demoPattern.safeParse(connectionId).success
    ? connectionId.slice(connectionId.indexOf(':') + 1)
    : undefined;
}

function latest(examples: readonly VerifiedExample[]): string {
  return (
    examples
      .map(({ updatedAt }) => updatedAt)
      .toSorted()
      .at(-1) ?? ''
  );
}
