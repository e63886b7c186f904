import { describe, expect, it } from 'vitest';
import { makeRun } from '../../../testing/fake-evaluation.ts';
import { countQuestions, emptyDraft, estimateRun, findProblems, toRequest } from './draft.ts';

describe('a draft', () => {
  it('becomes a request with only what was chosen', () => {
    expect(toRequest(emptyDraft)).toEqual({ split: 'demo', mode: 'voted', limit: 20 });
    const draft = { ...emptyDraft, model: 'other', typedPath: ' /m/x.gguf ', db: 'retail', limit: '' };
    expect(toRequest({ ...draft, candidates: '4', testSuite: true })).toEqual({
      ...{ split: 'demo', mode: 'voted', modelPath: '/m/x.gguf', db: 'retail' },
      ...{ candidates: 4, testSuite: 6 },
    });
    expect(toRequest({ ...emptyDraft, mode: 'greedy', candidates: '4' }).candidates).toBeUndefined();
  });

  it.each([
    [{ model: 'other', typedPath: 'x.bin' }, ['path']],
    [{ limit: '0' }, ['limit']],
    [{ limit: 'ten' }, ['limit']],
    [{ candidates: '1' }, ['candidates']],
    [{ mode: 'greedy' as const, candidates: '1' }, []],
    [{ testSuite: true, fillings: '' }, ['fillings']],
    [{ fillings: '' }, []],
  ])('%j has the problems %j', (changed, problems) => {
    expect(findProblems({ ...emptyDraft, ...changed })).toEqual(problems);
  });

  it('knows how many questions will be asked', () => {
    const split = {
      ...{ split: 'demo' as const, needsDataset: false, questions: 50 },
      databases: [{ db: 'retail', questions: 10 }],
    };
    expect(countQuestions(emptyDraft, split)).toBe(20);
    expect(countQuestions({ ...emptyDraft, limit: '' }, split)).toBe(50);
    expect(countQuestions({ ...emptyDraft, db: 'retail' }, split)).toBe(10);
  });
});

describe('the estimate', () => {
  const request = { split: 'demo' as const, mode: 'voted' as const };

  it('rests on the newest run of the same kind, of the same questions where there is one', () => {
    const runs = [
      makeRun({ id: '3', mode: 'greedy', n: 10, spentMs: 1_000 }),
      makeRun({ id: '2', n: 10, spentMs: 5_000, request: { ...request, split: 'own' } }),
      makeRun({ id: '1', n: 20, spentMs: 8_000, request }),
    ];
    expect(estimateRun(request, 50, runs)).toMatchObject({ eachMs: 400, totalMs: 20_000 });
    expect(estimateRun({ ...request, split: 'val' }, 50, runs)).toMatchObject({ eachMs: 500 });
  });

  it('is unknown for what was not measured here', () => {
    const runs = [makeRun({ id: '1', n: 20, spentMs: 8_000, request })];
    expect(estimateRun({ ...request, modelPath: '/m/x.gguf' }, 50, runs)).toBeUndefined();
    expect(estimateRun(request, 50, [makeRun({ id: '2', n: 1, request })])).toBeUndefined();
  });
});
