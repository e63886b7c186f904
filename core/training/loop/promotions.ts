import { randomUUID } from 'node:crypto';
import {
  AppError,
  type Gate,
  type LoopModel,
  type Promotion,
  type Promotions,
} from '../../contract/index.ts';

type NamedModel = Promotion['from'];

export interface PromotionDeps {
  /** What was changed so far, newest first; kept from start to start. */
  kept: { get(): Promotion[]; set(promotions: Promotion[]): void };
  inUse(): LoopModel;
  use(model: LoopModel): void;
  /** @throws AppError where the file is gone or no model */
  nameOf(model: LoopModel): Promise<string>;
  /** @throws AppError NOT_FOUND */
  gateOf(gateId: string): Promise<Gate>;
  isThere(model: LoopModel): boolean;
}

export interface PromoteInput {
  model: LoopModel;
  gateId?: string | undefined;
  runId?: string | undefined;
  insistBecause?: string | undefined;
}

/** Makes a model the one in use, and remembers which was before. @throws AppError CONFLICT, NOT_FOUND */
export async function promote(input: PromoteInput, deps: PromotionDeps): Promise<Promotion> {
  const { model, insistBecause } = input;
  const before = deps.inUse();
  if (isSame(model, before)) throw inUseAlready();
  if (!deps.isThere(model)) throw gone(model);
  const gate = input.gateId === undefined ? undefined : await deps.gateOf(input.gateId);
  const objection = findObjection(gate, model, before);
  if (objection && insistBecause === undefined) throw refuse(objection);
  const runId = input.runId ?? gate?.runId;
  return change(deps, {
    kind: 'promoted',
    from: await withName(before, deps),
    to: await withName(model, deps),
    ...(gate && { gateId: gate.id }),
    ...(gate?.report && { verdict: gate.report.verdict }),
    ...(runId !== undefined && { runId }),
    ...(objection && insistBecause !== undefined && { insistedBecause: insistBecause }),
  });
}

/** Uses the model again that was in use before the last promotion. @throws AppError CONFLICT, NOT_FOUND */
export async function rollBack(deps: PromotionDeps): Promise<Promotion> {
  const to = findPrevious(deps.kept.get());
  if (!to) {
    throw new AppError('CONFLICT', 'No model was promoted, so there is none to go back to.', {
      hint: 'Choose another model on the Models page.',
    });
  }
  if (!deps.isThere(to)) throw gone(to);
  return change(deps, { kind: 'rolled-back', from: await withName(deps.inUse(), deps), to });
}

export async function listPromotions(deps: PromotionDeps): Promise<Promotions> {
  const promotions = deps.kept.get();
  const previous = findPrevious(promotions);
  return {
    promotions,
    inUse: await withName(deps.inUse(), deps),
    ...(previous && { previous: { ...previous, missing: !deps.isThere(previous) } }),
  };
}

/** The model before the last promotion that was not rolled back. @param promotions newest first */
export function findPrevious(promotions: readonly Promotion[]): NamedModel | undefined {
  const stack: NamedModel[] = [];
  for (const { kind, from } of promotions.toReversed()) {
    if (kind === 'promoted') stack.push(from);
    else stack.pop();
  }
  return stack.at(-1);
}

/** Why a promotion needs the user's reason; undefined where the gate is for it. */
function findObjection(gate: Gate | undefined, model: LoopModel, inUse: LoopModel): string | undefined {
  if (!gate) return 'It was not measured against the model in use.';
  if (!gate.report) return 'Its evaluation has not ended.';
  if (!isSame(gate.candidate, model)) return 'The evaluation is of another model.';
  if (!isSame(gate.inUse, inUse))
    return `It was measured against ${gate.inUse.name}, which is not in use now.`;
  const { verdict, reason } = gate.report;
  return verdict === 'better' || verdict === 'same' ? undefined : reason;
}

function change(deps: PromotionDeps, draft: Omit<Promotion, 'id' | 'at'>): Promotion {
  const promotion: Promotion = { id: randomUUID(), at: new Date().toISOString(), ...draft };
  deps.use({ path: promotion.to.path });
  deps.kept.set([promotion, ...deps.kept.get()]);
  return promotion;
}

/** A model in use whose file is gone still has a name. */
async function withName(model: LoopModel, deps: PromotionDeps): Promise<NamedModel> {
  const lastPart = model.path.split(/[\\/]/).at(-1) ?? model.path;
  const name = await deps.nameOf(model).catch(() => lastPart);
  return { path: model.path, name };
}

export function isSame(a: LoopModel, b: LoopModel): boolean {
  return a.path === b.path;
}

function refuse(objection: string): AppError {
  return new AppError('CONFLICT', `This model is not promoted: ${objection}`, {
    hint: 'Keep the model in use; or say why you use this one all the same.',
  });
}

function inUseAlready(): AppError {
  return new AppError('CONFLICT', 'This model is in use already.');
}

function gone({ path }: LoopModel): AppError {
  return new AppError('NOT_FOUND', `The file ${path} is gone.`, {
    hint: 'Export the run again, or choose another model on the Models page.',
  });
}
