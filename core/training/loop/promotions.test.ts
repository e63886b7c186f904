import { beforeEach, describe, expect, it } from 'vitest';
import type { Gate, GateVerdict, LoopModel, Promotion } from '../../contract/index.ts';
import { fakeGate, fakeReport } from './testing/fake-gate.ts';
import { listPromotions, promote, rollBack, type PromotionDeps } from './promotions.ts';

const starter = { path: '/models/starter.gguf' };
const first = { path: '/runs/first.gguf' };
const second = { path: '/runs/second.gguf' };
let inUse: LoopModel;
let kept: Promotion[];
let missing: string[];
let gates: Gate[];
const deps: PromotionDeps = {
  kept: { get: () => kept, set: (promotions) => (kept = promotions) },
  inUse: () => inUse,
  use: (model) => (inUse = model),
  nameOf: async ({ path }) => path.replace(/^.*\/(.*)\.gguf$/, '$1'),
  gateOf: async (id) => gates.find((gate) => gate.id === id) ?? fakeGate(first, starter),
  isThere: ({ path }) => !missing.includes(path),
};
function gate(candidate: LoopModel, against: LoopModel, verdict: GateVerdict): string {
  const made = fakeGate(candidate, against, { ...fakeReport, verdict, reason: 'Because.' });
  gates.push({ ...made, id: `gate-${gates.length}` });
  return `gate-${gates.length - 1}`;
}
beforeEach(() => {
  inUse = starter;
  kept = [];
  missing = [];
  gates = [];
});

describe('promoting', () => {
  it('uses what the gate found better or as good, and remembers the model before', async () => {
    const promotion = await promote({ model: first, gateId: gate(first, starter, 'better') }, deps);
    expect(promotion).toMatchObject({ kind: 'promoted', verdict: 'better', runId: 'shop' });
    expect(promotion).toMatchObject({ from: { name: 'starter' }, to: { name: 'first' } });
    expect(inUse.path).toBe(first.path);
    await promote({ model: second, gateId: gate(second, first, 'same') }, deps);
    expect(await listPromotions(deps)).toMatchObject({
      promotions: [{ to: second }, { to: first }],
      inUse: second,
      previous: { ...first, missing: false },
    });
  });

  it.each(['worse', 'broken', 'unclear'] as const)(
    'refuses what the gate calls %s, unless a reason is given and kept',
    async (verdict) => {
      const input = { model: first, gateId: gate(first, starter, verdict) };
      await expect(promote(input, deps)).rejects.toMatchObject({
        code: 'CONFLICT',
        message: 'This model is not promoted: Because.',
      });
      expect([inUse.path, kept]).toEqual([starter.path, []]);
      const promotion = await promote({ ...input, insistBecause: 'The gold SQL is wrong.' }, deps);
      expect(promotion).toMatchObject({ verdict, insistedBecause: 'The gold SQL is wrong.' });
    },
  );

  it('refuses what no fitting gate measured', async () => {
    const inputs = [
      { model: first },
      { model: first, gateId: gate(second, starter, 'better') },
      { model: first, gateId: gate(first, second, 'better') },
    ];
    for (const input of inputs)
      await expect(promote(input, deps)).rejects.toMatchObject({ code: 'CONFLICT' });
    gates.push({ ...fakeGate(first, starter), id: 'running', report: undefined });
    await expect(promote({ model: first, gateId: 'running' }, deps)).rejects.toThrow('has not ended');
    missing = [first.path];
    await expect(promote({ model: first, insistBecause: 'I say so.' }, deps)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(promote({ model: starter }, deps)).rejects.toThrow('in use already');
  });
});

describe('rolling back', () => {
  it('goes back step by step, and past what was rolled back already', async () => {
    await promote({ model: first, insistBecause: 'first' }, deps);
    await promote({ model: second, insistBecause: 'second' }, deps);
    expect(await rollBack(deps)).toMatchObject({ kind: 'rolled-back', from: second, to: first });
    expect(inUse.path).toBe(first.path);
    expect(await rollBack(deps)).toMatchObject({ to: starter });
    await expect(rollBack(deps)).rejects.toMatchObject({ code: 'CONFLICT' });
    await promote({ model: second, insistBecause: 'again' }, deps);
    await rollBack(deps);
    expect(inUse.path).toBe(starter.path);
    expect(kept).toHaveLength(6);
  });

  it('says where the file is gone, and changes nothing', async () => {
    await promote({ model: first, insistBecause: 'first' }, deps);
    missing = [starter.path];
    expect(await listPromotions(deps)).toMatchObject({ previous: { missing: true } });
    await expect(rollBack(deps)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(inUse.path).toBe(first.path);
  });
});
