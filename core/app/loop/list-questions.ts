import {
  AppError,
  type Connection,
  type EvaluationSplit,
  type GateRow,
  type GateSet,
  type GateSetInfo,
  type SplitInfo,
  type TrainingVersion,
  type VerifiedExample,
} from '../../contract/index.ts';
import { nearFingerprint } from '../../dataset/find-leaks.ts';
import { isOrdered, type EvaluationCase, type GateCase, type GateQuestions } from '../../evaluation/index.ts';
import { hardnessOf } from '../../sql/index.ts';

export interface QuestionDeps {
  examples: { list(filter?: { connectionId: string }): VerifiedExample[] };
  listConnections(): Promise<Connection[]>;
  describeSplits(signal: AbortSignal): Promise<SplitInfo[]>;
  listCases(split: EvaluationSplit, signal: AbortSignal): Promise<EvaluationCase[]>;
}

const splitTitles: Record<EvaluationSplit, string> = {
  demo: 'Questions on the demo databases',
  own: 'Questions on the databases of data/own',
  val: 'Spider, validation half',
  test: 'Spider, test half',
  dev: 'Spider, dev split',
  train: 'Spider, train split',
};

/** A gate of hundreds of questions takes long; more are the user's own choice. */
const suggestedSplits: readonly EvaluationSplit[] = ['demo'];
/** Train questions say nothing of a model that learned them. */
const offeredSplits: readonly EvaluationSplit[] = ['demo', 'own', 'val', 'test', 'dev'];

/** What a gate can ask: the verified examples of each connection, and the splits. */
export async function listSets(deps: QuestionDeps, signal: AbortSignal): Promise<GateSetInfo[]> {
  const titles = await nameConnections(deps);
  const byConnection = Map.groupBy(deps.examples.list(), ({ connectionId }) => connectionId);
  const verified = [...byConnection].map(([connectionId, own]): GateSetInfo => {
    const title = titles.get(connectionId);
    return {
      set: { kind: 'verified', connectionId },
      title: `Verified examples of ${title ?? connectionId}`,
      ...{ questions: own.length, important: true, suggested: title !== undefined },
      ...(title === undefined && { missing: connectionGone(connectionId).toPayload() }),
    };
  });
  const splits = (await deps.describeSplits(signal)).filter(({ split }) => offeredSplits.includes(split));
  return [
    ...verified,
    ...splits.map(({ split, questions, missing }): GateSetInfo => ({
      set: { kind: 'split', split },
      ...{ title: splitTitles[split], questions, important: false },
      suggested: suggestedSplits.includes(split) && !missing,
      ...(missing && { missing }),
    })),
  ];
}

/** The sets' questions, and what the candidate's training had to do with each. */
export async function listQuestions(
  sets: readonly GateSet[],
  version: TrainingVersion | undefined,
  deps: QuestionDeps,
  signal: AbortSignal,
): Promise<GateQuestions> {
  const titles = await nameConnections(deps);
  const useOf = createUseFinder(version);
  const cases: GateCase[] = [];
  for (const [index, set] of sets.entries()) {
    const important = set.kind === 'verified';
    const found = important
      ? await listVerified(set.connectionId, titles, deps)
      : await listSplit(set, deps, signal);
    for (const each of found) cases.push({ case: each, set: index, important, use: useOf(each, set) });
  }
  return { sets: sets.map((set) => describeSet(set, titles)), cases };
}

function describeSet(set: GateSet, titles: ReadonlyMap<string, string>) {
  if (set.kind === 'verified') {
    return {
      title: `Verified examples of ${titles.get(set.connectionId) ?? set.connectionId}`,
      important: true,
    };
  }
  const first = set.limit === undefined ? '' : `, the first ${set.limit}`;
  return { title: `${splitTitles[set.split]}${first}`, important: false };
}

async function listVerified(
  connectionId: string,
  titles: ReadonlyMap<string, string>,
  { examples }: QuestionDeps,
): Promise<EvaluationCase[]> {
  const db = titles.get(connectionId);
  if (db === undefined) throw connectionGone(connectionId);
  const kept = examples.list({ connectionId }).toReversed();
  return Promise.all(
    kept.map(async ({ id, question, sql }) => ({
      ...{ id, question, goldSql: sql, db, connectionId },
      hardness: await hardnessOf(sql).catch(() => 'extra' as const),
      ordered: await isOrdered(sql).catch(() => false),
    })),
  );
}

async function listSplit(
  { split, limit }: Extract<GateSet, { kind: 'split' }>,
  { listCases }: QuestionDeps,
  signal: AbortSignal,
): Promise<EvaluationCase[]> {
  return (await listCases(split, signal)).slice(0, limit);
}

/** By the wording too: a demo question may be among the verified ones that it was trained on. */
function createUseFinder(version: TrainingVersion | undefined) {
  const uses = new Map<string, GateRow['use']>();
  const keyOf = (connectionId: string, question: string) => `${connectionId}\n${nearFingerprint(question)}`;
  for (const { connectionId, question, use } of version?.verified ?? []) {
    if (use !== 'left-out') uses.set(keyOf(connectionId, question), use);
  }
  const learnedSpider = version?.sources.some(({ source }) => source.kind === 'spider') ?? false;
  return ({ connectionId, question }: EvaluationCase, set: GateSet): GateRow['use'] => {
    if (set.kind === 'split' && set.split === 'val' && learnedSpider) return 'held-out';
    return uses.get(keyOf(connectionId, question)) ?? 'unseen';
  };
}

async function nameConnections({ listConnections }: QuestionDeps): Promise<Map<string, string>> {
  return new Map((await listConnections()).map(({ id, name }) => [id, name]));
}

function connectionGone(connectionId: string): AppError {
  return new AppError('NOT_FOUND', `The connection ${connectionId} is not kept any more.`, {
    hint: 'Leave its examples out, or save the connection again.',
  });
}
