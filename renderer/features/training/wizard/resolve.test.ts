import { describe, expect, it } from 'vitest';
import {
  trainingDraftSchema,
  type RecipePreset,
  type TrainingDraft,
} from '../../../../core/contract/index.ts';
import {
  fakeBases,
  fakeHosts,
  fakeMachine,
  fakePresets,
  fakeSources,
} from '../../../testing/fake-training-data.ts';
import { emptyForm, formatNumber, formOf, type WizardForm } from './form.ts';
import { resolve } from './resolve.ts';

const facts = {
  presets: fakePresets,
  sources: fakeSources,
  bases: fakeBases,
  machine: fakeMachine,
  hosts: fakeHosts,
};
const resolveForm = (part: Partial<WizardForm>) => resolve({ ...emptyForm, ...part }, facts);
const problemsOf = (part: Partial<WizardForm>) => resolveForm(part).problems.map(({ id }) => id);

describe('what is proposed', () => {
  it('is a whole draft: own examples, the starter, its recipe, this machine', () => {
    const { draft, problems } = resolve(emptyForm, facts);
    expect(problems).toEqual([]);
    expect(draft).toEqual({
      name: 'ecommerce (demo), The starter model',
      data: {
        sources: [{ kind: 'verified', connectionId: 'demo:ecommerce', weight: 1 }],
        validationShare: 0.1,
      },
      base: { kind: 'starter' },
      recipe: { preset: 'starter-verified', method: 'full', changes: {}, quantize: ['Q8_0'] },
      target: { kind: 'local' },
    });
    expect(trainingDraftSchema.parse(draft)).toEqual(draft);
  });

  it('is a name that no run has yet', () => {
    const name = 'ecommerce (demo), The starter model';
    const nameBeside = (taken: string[]) => resolve(emptyForm, { ...facts, taken }).name;
    expect(nameBeside(['another'])).toBe(name);
    expect(nameBeside([name])).toBe(`${name} 2`);
    expect(nameBeside([`${name} 2`, name, `${name} 4`])).toBe(`${name} 3`);
    expect(resolve({ ...emptyForm, name }, { ...facts, taken: [name] }).name).toBe(name);
  });

  it('is Spider where there is no verified example, and nothing where that is missing', () => {
    const [spider, verified] = fakeSources;
    if (!spider || !verified) throw new Error('The fake core has two sources.');
    expect(resolve(emptyForm, { ...facts, sources: [spider] }).draft?.data.sources).toEqual([
      { kind: 'spider', weight: 1 },
    ]);
    const missing = { code: 'DATASET_MISSING' as const, message: 'No dataset was built.' };
    const none = resolve(emptyForm, { ...facts, sources: [{ ...spider, missing }] });
    expect(none.draft).toBeUndefined();
    expect(none.problems).toEqual([{ step: 'data', id: 'noSource' }]);
  });
});

describe('what is typed', () => {
  it('says what is missing, by its step', () => {
    expect(problemsOf({ sources: [{ kind: 'file', id: 'a', path: ' ', weight: 'x' }] })).toEqual([
      'noPath',
      'badWeight',
    ]);
    expect(problemsOf({ validationShare: '60' })).toEqual(['badShare']);
    expect(problemsOf({ base: 'hub', hubId: 'mistral' })).toEqual(['badHubId']);
    expect(problemsOf({ base: 'folder' })).toEqual(['noFolder']);
    expect(problemsOf({ place: 'colab', projectId: 'X', bucketName: 'my-bucket' })).toEqual(['badProject']);
    expect(problemsOf({ name: ' ' })).toEqual(['noName']);
    expect(resolve({ ...emptyForm, place: 'ssh' }, { ...facts, hosts: [] }).problems).toEqual([
      { step: 'where', id: 'noHost' },
    ]);
  });

  it('does not go on with a source that was removed meanwhile, before the doctor finds out', () => {
    const chosen = resolveForm({}).sources;
    const [spider, verified] = fakeSources;
    if (!spider || !verified) throw new Error('The fake core has two sources.');
    const removed = { ...facts, sources: [spider] };
    expect(resolve({ ...emptyForm, sources: chosen }, removed).problems).toEqual([
      { step: 'data', id: 'goneSource' },
    ]);
    const missing = { code: 'NOT_FOUND' as const, message: 'Its connection was removed.' };
    const unreadable = { ...facts, sources: [spider, { ...verified, missing }] };
    expect(resolve({ ...emptyForm, sources: chosen }, unreadable).draft).toBeUndefined();
    // Not read yet is not gone.
    const { sources: _, ...unread } = facts;
    expect(resolve({ ...emptyForm, sources: chosen }, unread).draft).toBeDefined();
  });

  it('changes a value only where it differs from the preset', () => {
    const { changes } = resolveForm({ changes: { learningRate: '0.0003', packsPerStep: '4', seed: '' } });
    expect(changes).toEqual({ values: { packsPerStep: 4 }, wrong: [] });
    expect(problemsOf({ changes: { epochs: '-1', maxLength: '4096' } })).toEqual(['badValues', 'conflict']);
  });

  it('keeps the preset’s own limit beside another one only where it is typed', () => {
    expect(resolveForm({ changes: { maxSteps: '20' } }).changes.values).toEqual({ maxSteps: 20 });
    expect(resolveForm({ changes: { maxSteps: '20', epochs: '2' } }).changes.values).toEqual({
      maxSteps: 20,
      epochs: 2,
    });
  });

  it('leaves the adapter’s values out where the method has none', () => {
    const changes = { rank: '8' };
    expect(resolveForm({ changes }).draft?.recipe.changes).toEqual({});
    const adapter = resolveForm({ changes, base: 'hub', listedBase: 'mistralai/Mistral-7B-v0.1' });
    expect(adapter.draft?.recipe).toMatchObject({ method: 'lora', changes: { rank: 8 } });
  });

  it('offers to learn from nothing for a new model only', () => {
    const smoke = {
      ...fakePresets[3],
      id: 'smoke',
      methods: ['full', 'scratch'],
      bases: ['starter', 'scratch'],
    } as RecipePreset;
    const methodsOf = (base: 'starter' | 'scratch') =>
      resolve({ ...emptyForm, base }, { ...facts, presets: [...fakePresets, smoke] }).methods;
    expect(methodsOf('starter')).toEqual(['full']);
    expect(methodsOf('scratch')).toEqual(['scratch']);
  });

  it('takes a folder to be on this machine where this machine trains', () => {
    const typed = { base: 'folder', folderPath: '/models/own', folderOnTarget: true } as const;
    expect(resolveForm(typed).draft?.base).toEqual({ kind: 'folder', path: '/models/own', onTarget: false });
    expect(resolveForm({ ...typed, place: 'ssh' }).draft?.base).toMatchObject({ onTarget: true });
  });
});

describe('a copied draft', () => {
  const draft: TrainingDraft = {
    name: 'Again',
    data: {
      sources: [
        { kind: 'spider', version: 'abc', weight: 0.5 },
        { kind: 'verified', connectionId: 'demo:ecommerce', weight: 2 },
        { kind: 'file', path: '/data/own.jsonl', weight: 1 },
      ],
      validationPath: '/data/val.jsonl',
      validationShare: 0.25,
    },
    base: { kind: 'hub', id: 'someone/else-3B', revision: 'main' },
    recipe: { preset: 'ours', method: 'qlora', changes: { learningRate: 1e-4, rank: 8 }, quantize: [] },
    target: { kind: 'colab', projectId: 'my-project', bucketName: 'my-bucket', prefix: 'runs' },
  };

  it('comes out of the form as it went in', () => {
    expect(resolve(formOf(draft), facts).draft).toEqual(draft);
  });

  it('keeps its numbers as one types them', () => {
    expect([0.0002, 1e-7, 2048, 0.1 + 0.2].map(formatNumber)).toEqual(['0.0002', '0.0000001', '2048', '0.3']);
  });
});
