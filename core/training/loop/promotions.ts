import { randomUUID } from 'node:crypto';
import {
  AppError,
  type Gate,
  type LoopModel,
  type NamedModel,
  type Promotion,
  type Promotions,
} from '../../contract/index.ts';
import { findObjection, findPrevious, isOther, isSame, wasAccepted } from './judge-change.ts';

export interface PromotionDeps {
  /** What was changed so far, newest first; kept from start to start. */
  kept: { get(): Promotion[]; set(promotions: Promotion[]): void };
  inUse(): LoopModel;
  use(model: LoopModel): void;
  /** @throws AppError where the file is gone or no model */
  nameOf(model: LoopModel): Promise<string>;
  /** SHA-256 of what the path holds now; undefined for a server, or where it is gone. */
  identify(model: LoopModel): Promise<string | undefined>;
  /** @throws AppError NOT_FOUND */
  gateOf(gateId: string): Promise<Gate>;
  /** Newest first. */
  listGates(): Promise<Gate[]>;
  /** The run that made a model's file. */
  runOfModel(model: LoopModel): Promise<string | undefined>;
  isThere(model: LoopModel): boolean;
}

export interface PromoteInput {
  model: LoopModel;
  gateId?: string | undefined;
  runId?: string | undefined;
  insistBecause?: string | undefined;
}

/** Changes beyond these are forgotten, the oldest first. */
const keptChanges = 500;

/** Makes a model the one in use, and remembers which was before. @throws AppError CONFLICT, NOT_FOUND */
export async function promote(input: PromoteInput, deps: PromotionDeps): Promise<Promotion> {
  if (isSame(input.model, deps.inUse())) throw inUseAlready();
  const gate = input.gateId === undefined ? undefined : await deps.gateOf(input.gateId);
  const { from, to } = await describeChange(input.model, deps);
  const objection = findObjection(gate, to, from);
  if (objection && input.insistBecause === undefined) throw refuse(objection);
  return change(deps, { kind: 'promoted', from, to, ...describeWhy(gate, objection, input) });
}

/**
 * Makes any model the one in use. One that a training run made needs a gate's word or a reason, unless it was used
 * with one of them before. @returns undefined where it is in use already. @throws AppError CONFLICT, NOT_FOUND
 */
export async function useModel(
  { model, insistBecause }: Pick<PromoteInput, 'model' | 'insistBecause'>,
  deps: PromotionDeps,
): Promise<Promotion | undefined> {
  if (isSame(model, deps.inUse())) return undefined;
  const { from, to } = await describeChange(model, deps);
  const runId = await deps.runOfModel(model);
  if (runId === undefined || wasAccepted(deps.kept.get(), to)) {
    return change(deps, { kind: 'chosen', from, to, ...(runId !== undefined && { runId }) });
  }
  const gate = (await deps.listGates()).find((each) => each.report && isSame(each.candidate, model));
  const objection = findObjection(gate, to, from);
  if (objection && insistBecause === undefined) throw refuse(objection);
  return change(deps, {
    kind: 'chosen',
    from,
    to,
    ...describeWhy(gate, objection, { runId, insistBecause }),
  });
}

/** Writes down what was changed in another way: by the settings, or with a server's address. */
export async function noteChange(before: LoopModel, deps: PromotionDeps): Promise<void> {
  const now = deps.inUse();
  if (isSame(before, now)) return;
  const [from, to, runId] = [
    await describe(before, deps),
    await describe(now, deps),
    await deps.runOfModel(now).catch(() => undefined),
  ];
  keep(deps, { kind: 'chosen', from, to, ...(runId !== undefined && { runId }) });
}

/** Uses the model again that was in use before the last change. @throws AppError CONFLICT, NOT_FOUND */
export async function rollBack(deps: PromotionDeps): Promise<Promotion> {
  const previous = findPrevious(deps.kept.get(), deps.inUse());
  if (!previous) {
    throw new AppError('CONFLICT', 'No other model was in use before, so there is none to go back to.', {
      hint: 'Choose another model on the Models page.',
    });
  }
  const { from, to } = await describeChange({ path: previous.path }, deps);
  if (isOther(previous, to)) throw changedSince(previous);
  return change(deps, { kind: 'rolled-back', from, to });
}

export async function listPromotions(deps: PromotionDeps): Promise<Promotions> {
  const promotions = deps.kept.get();
  const inUse = await describe(deps.inUse(), deps);
  const previous = findPrevious(promotions, inUse);
  const came = promotions[0]?.to;
  return {
    promotions,
    inUse: { ...inUse, ...(came && isSame(came, inUse) && isOther(came, inUse) && { changed: true }) },
    ...(previous && { previous: { ...previous, ...(await compare(previous, deps)) } }),
  };
}

async function compare(model: NamedModel, deps: PromotionDeps) {
  const now = { path: model.path, sha256: await deps.identify(model) };
  return { missing: !deps.isThere(model), ...(isOther(model, now) && { changed: true }) };
}

/** @throws AppError NOT_FOUND where the new one is gone, MODEL_INCOMPATIBLE where it is no model */
async function describeChange(model: LoopModel, deps: PromotionDeps) {
  if (!deps.isThere(model)) throw gone(model);
  await deps.nameOf(model);
  return { from: await describe(deps.inUse(), deps), to: await describe(model, deps) };
}

function describeWhy(
  gate: Gate | undefined,
  objection: string | undefined,
  { runId = gate?.runId, insistBecause }: Pick<PromoteInput, 'runId' | 'insistBecause'>,
) {
  return {
    ...(gate && { gateId: gate.id }),
    ...(gate?.report && { verdict: gate.report.verdict }),
    ...(runId !== undefined && { runId }),
    ...(objection && insistBecause !== undefined && { insistedBecause: insistBecause }),
  };
}

function change(deps: PromotionDeps, draft: Omit<Promotion, 'id' | 'at'>): Promotion {
  deps.use({ path: draft.to.path });
  return keep(deps, draft);
}

function keep(deps: PromotionDeps, draft: Omit<Promotion, 'id' | 'at'>): Promotion {
  const promotion: Promotion = { id: randomUUID(), at: new Date().toISOString(), ...draft };
  deps.kept.set([promotion, ...deps.kept.get()].slice(0, keptChanges));
  return promotion;
}

/** A model in use whose file is gone still has a name. */
async function describe(model: LoopModel, deps: PromotionDeps): Promise<NamedModel> {
  const lastPart = model.path.split(/[\\/]/).at(-1) ?? model.path;
  const name = await deps.nameOf(model).catch(() => lastPart);
  const sha256 = await deps.identify(model);
  return { path: model.path, name, ...(sha256 !== undefined && { sha256 }) };
}

function refuse(objection: string): AppError {
  return new AppError('CONFLICT', `This model is not promoted: ${objection}`, {
    hint: 'Keep the model in use; or say why you use this one all the same.',
    details: { needsReason: true, objection },
  });
}

function inUseAlready(): AppError {
  return new AppError('CONFLICT', 'This model is in use already.');
}

function changedSince({ name, path }: NamedModel): AppError {
  return new AppError('CONFLICT', `The file of ${name} is another one than when it was in use: ${path}.`, {
    hint: 'Measure it, and promote it; or choose it on the Models page.',
  });
}

function gone({ path }: LoopModel): AppError {
  return new AppError('NOT_FOUND', `The file ${path} is gone.`, {
    hint: 'Export the run again, or choose another model on the Models page.',
  });
}
