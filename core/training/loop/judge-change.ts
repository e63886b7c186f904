import type { Gate, LoopModel, NamedModel, Promotion } from '../../contract/index.ts';

type Identified = LoopModel & Pick<NamedModel, 'sha256'>;

export function isSame(a: LoopModel, b: LoopModel): boolean {
  return a.path === b.path;
}

/** Whether a path is known to hold another file than before. */
export function isOther(before: Identified, now: Identified): boolean {
  return before.sha256 !== undefined && now.sha256 !== undefined && before.sha256 !== now.sha256;
}

/** The model that was in use before the present one. @param promotions newest first */
export function findPrevious(promotions: readonly Promotion[], inUse: LoopModel): NamedModel | undefined {
  const [latest] = promotions;
  // It was changed without a line: by an older version of the app, or by hand.
  if (latest && !isSame(latest.to, inUse)) return latest.to;
  const stack: NamedModel[] = [];
  for (const { kind, from } of promotions.toReversed()) {
    if (kind === 'rolled-back') stack.pop();
    else stack.push(from);
  }
  return stack.at(-1);
}

/** Why a change needs the user's reason; undefined where the gate is for it. */
export function findObjection(
  gate: Gate | undefined,
  model: Identified,
  inUse: Identified,
): string | undefined {
  if (!gate) return 'It was not measured against the model in use.';
  if (!gate.report) return 'Its evaluation has not ended.';
  if (!isSame(gate.candidate, model)) return 'The evaluation is of another model.';
  if (!isSame(gate.inUse, inUse))
    return `It was measured against ${gate.inUse.name}, which is not in use now.`;
  if (gate.candidate.sha256 !== model.sha256)
    return 'Its file may be another one than the one that was measured: measure it again.';
  if (gate.inUse.sha256 !== inUse.sha256)
    return 'The file of the model in use may be another one than it was measured against: measure it again.';
  const { verdict, reason } = gate.report;
  return verdict === 'better' || verdict === 'same' ? undefined : reason;
}

/** Whether the very same file came into use before by a gate's word, or by a reason. */
export function wasAccepted(promotions: readonly Promotion[], { path, sha256 }: Identified): boolean {
  return promotions.some(
    ({ kind, to, gateId, insistedBecause }) =>
      to.path === path &&
      to.sha256 !== undefined &&
      to.sha256 === sha256 &&
      (kind === 'promoted' || gateId !== undefined || insistedBecause !== undefined),
  );
}
