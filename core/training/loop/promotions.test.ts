import { beforeEach, describe, expect, it } from 'vitest';
import {
  AppError,
  type Gate,
  type GateVerdict,
  type LoopModel,
  type Promotion,
} from '../../contract/index.ts';
import { fakeGate, fakeReport } from './testing/fake-gate.ts';
import { listPromotions, noteChange, promote, rollBack, useModel, type PromotionDeps } from './promotions.ts';

const starter = { path: '/models/starter.gguf' };
const first = { path: '/runs/first.gguf' };
const second = { path: '/runs/second.gguf' };
let inUse: LoopModel;
let kept: Promotion[];
let missing: string[];
let gates: Gate[];
/** SHA-256 of what lies at a path. */
let hashes: Record<string, string>;
const deps: PromotionDeps = {
  kept: { get: () => kept, set: (promotions) => (kept = promotions) },
  inUse: () => inUse,
  use: (model) => (inUse = model),
  nameOf: async ({ path }) => path.replace(/^.*\/(.*)\.gguf$/, '$1'),
  identify: async ({ path }) => hashes[path],
  listGates: async () => gates,
  runOfModel: async ({ path }) => (path.startsWith('/runs/') ? 'shop' : undefined),
  gateOf: async (id) => gates.find((gate) => gate.id === id) ?? fakeGate(first, starter),
  isThere: ({ path }) => !missing.includes(path),
};
function gate(candidate: LoopModel, against: LoopModel, verdict: GateVerdict): string {
  const made = fakeGate(candidate, against, { ...fakeReport, verdict, reason: 'Because.' });
  const as = <T extends LoopModel>(model: T) => ({ ...model, sha256: hashes[model.path] });
  gates.push({ ...made, candidate: as(made.candidate), inUse: as(made.inUse), id: `gate-${gates.length}` });
  return `gate-${gates.length - 1}`;
}
beforeEach(() => {
  inUse = starter;
  kept = [];
  missing = [];
  gates = [];
  hashes = { [starter.path]: 'aa', [first.path]: 'bb', [second.path]: 'cc' };
});

describe('promoting', () => {
  it('refuses what is no model, whatever the reason', async () => {
    const noModel = new AppError('MODEL_INCOMPATIBLE', 'text.gguf is no GGUF file.');
    const strict = { ...deps, nameOf: () => Promise.reject(noModel) };
    const input = { model: { path: '/runs/text.gguf' }, insistBecause: 'I like it.' };
    await expect(promote(input, strict)).rejects.toBe(noModel);
    await expect(useModel(input, strict)).rejects.toBe(noModel);
    expect(inUse).toEqual(starter);
  });

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

describe('a file that is another one than before', () => {
  it('is not promoted by the gate of the one before', async () => {
    const gateId = gate(first, starter, 'better');
    hashes[first.path] = 'exported again';
    await expect(promote({ model: first, gateId }, deps)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('may be another one than the one that was measured'),
    });
    hashes[first.path] = 'bb';
    hashes[starter.path] = 'replaced';
    await expect(promote({ model: first, gateId }, deps)).rejects.toThrow('The file of the model in use');
    hashes[starter.path] = 'aa';
    expect(await promote({ model: first, gateId }, deps)).toMatchObject({
      from: { sha256: 'aa' },
      to: { sha256: 'bb' },
    });
  });

  it('is not rolled back to, and said', async () => {
    await promote({ model: first, insistBecause: 'first' }, deps);
    hashes[starter.path] = 'replaced';
    hashes[first.path] = 'replaced, too';
    expect(await listPromotions(deps)).toMatchObject({
      inUse: { path: first.path, changed: true },
      previous: { path: starter.path, missing: false, changed: true },
    });
    await expect(rollBack(deps)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'The file of starter is another one than when it was in use: /models/starter.gguf.',
    });
    expect(inUse.path).toBe(first.path);
  });
});

describe('using another model', () => {
  const elsewhere = { path: '/models/elsewhere.gguf' };

  it('is a line of the history, and rolling back goes to what was really in use before', async () => {
    await promote({ model: first, insistBecause: 'first' }, deps);
    expect(await useModel({ model: elsewhere }, deps)).toMatchObject({ kind: 'chosen', from: first });
    expect(await useModel({ model: elsewhere }, deps)).toBeUndefined();
    expect(await listPromotions(deps)).toMatchObject({ previous: first });
    expect(await rollBack(deps)).toMatchObject({ from: elsewhere, to: first });
  });

  it('is a line also where the settings changed it', async () => {
    inUse = elsewhere;
    await noteChange(starter, deps);
    await noteChange(elsewhere, deps);
    expect(kept).toMatchObject([{ kind: 'chosen', from: starter, to: elsewhere }]);
    // An older version of the app wrote no line: what the last one led to was in use before.
    inUse = second;
    expect(await listPromotions(deps)).toMatchObject({ previous: elsewhere });
  });

  it('asks for a reason where a run made it and nothing speaks for it', async () => {
    await expect(useModel({ model: first }, deps)).rejects.toMatchObject({
      code: 'CONFLICT',
      details: { needsReason: true, objection: 'It was not measured against the model in use.' },
    });
    gate(first, starter, 'worse');
    await expect(useModel({ model: first }, deps)).rejects.toMatchObject({
      details: { objection: 'Because.' },
    });
    expect([inUse.path, kept]).toEqual([starter.path, []]);
    const insistBecause = 'The gold SQL is wrong.';
    expect(await useModel({ model: first, insistBecause }, deps)).toMatchObject({
      ...{ kind: 'chosen', verdict: 'worse', insistedBecause: insistBecause, runId: 'shop' },
    });
    // The same file once more needs no other reason; another one under its path does.
    await useModel({ model: starter }, deps);
    expect(await useModel({ model: first }, deps)).toMatchObject({ to: first });
    await useModel({ model: starter }, deps);
    hashes[first.path] = 'exported again';
    await expect(useModel({ model: first }, deps)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('asks for none where a gate speaks for it', async () => {
    gate(first, starter, 'same');
    expect(await useModel({ model: first }, deps)).toMatchObject({ verdict: 'same', gateId: 'gate-0' });
  });
});
