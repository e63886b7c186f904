import { describe, expect, it } from 'vitest';
import type { GateRow } from '../../contract/index.ts';
import { judgeGate } from './judge-gate.ts';

const sets = [
  { title: 'Verified', important: true },
  { title: 'Demo', important: false },
];
type Change = 'fixed' | 'broken' | 'right' | 'wrong';
function rows(set: number, use: GateRow['use'], changes: Partial<Record<Change, number>>): GateRow[] {
  return Object.entries(changes).flatMap(([change, n]) =>
    Array.from({ length: n }, (_, index): GateRow => {
      const id = `${set}-${use}-${change}-${index}`;
      return {
        ...{ id, set, connectionId: 'c', question: id, goldSql: '', important: set === 0, use },
        ...{ sqlBefore: '', sqlAfter: '', causesAfter: [] },
        correctBefore: change === 'broken' || change === 'right',
        correctAfter: change === 'fixed' || change === 'right',
      };
    }),
  );
}

describe('the gate', () => {
  it('says better where more are right and nothing important was broken', () => {
    const report = judgeGate(
      [
        ...rows(0, 'trained', { fixed: 7, right: 3, wrong: 1 }),
        ...rows(1, 'unseen', { fixed: 2, broken: 1, right: 40 }),
      ],
      sets,
    );
    expect(report).toMatchObject({ verdict: 'better', cautions: [] });
    expect(report.reason).toBe('8 more questions are right, and no verified question was broken.');
    expect(report.overall).toMatchObject({
      n: 54,
      fixed: 9,
      broken: 1,
      before: { count: 44 },
      after: { count: 52 },
    });
    expect(report.notTrainedOn).toMatchObject({ n: 43, fixed: 2, broken: 1 });
    expect(report.sets.map(({ n }) => n)).toEqual([11, 43]);
  });

  it('says broken for one verified question, however many were fixed', () => {
    const report = judgeGate([...rows(0, 'held-out', { fixed: 20, broken: 1 })], sets);
    expect(report.verdict).toBe('broken');
    expect(report.reason).toBe('1 verified question that was right with the model in use is wrong now.');
  });

  it('says worse where fewer are right, or where one set suffered more than by chance', () => {
    expect(judgeGate(rows(1, 'unseen', { fixed: 1, broken: 3 }), sets).verdict).toBe('worse');
    const hidden = [...rows(0, 'trained', { fixed: 12 }), ...rows(1, 'unseen', { broken: 8, right: 30 })];
    const report = judgeGate(hidden, sets);
    expect(report.verdict).toBe('worse');
    expect(report.reason).toBe('On “Demo” it broke 8 and fixed 0: more than chance explains (p 0.008).');
  });

  it('says same where as many are right', () => {
    expect(judgeGate(rows(1, 'unseen', { fixed: 1, broken: 1, right: 18 }), sets)).toMatchObject({
      verdict: 'same',
      reason: 'As many questions are right as before: 19.',
    });
  });

  it('does not say better where chance explains the gain', () => {
    const report = judgeGate(
      [
        ...rows(0, 'trained', { fixed: 2, right: 5 }),
        ...rows(1, 'unseen', { broken: 1, right: 38, wrong: 17 }),
      ],
      sets,
    );
    expect(report).toMatchObject({
      verdict: 'same',
      reason: '1 more question is right (45 instead of 44 of 63), which chance explains (p 1.00).',
      cautions: ['The gain is on questions that it was trained on; on the others it is no better.'],
    });
    expect(judgeGate(rows(1, 'unseen', { fixed: 5, right: 38 }), sets).verdict).toBe('same');
    expect(judgeGate(rows(1, 'unseen', { fixed: 6, right: 38 }), sets).verdict).toBe('better');
  });

  it('does not judge by a handful of questions that it was not trained on', () => {
    expect(judgeGate(rows(1, 'unseen', { fixed: 2, right: 3 }), sets)).toMatchObject({
      verdict: 'unclear',
      reason:
        '2 more questions are right, but of the questions that it was not trained on only 5 were asked: at least 20 are needed to tell.',
    });
    const learned = rows(0, 'trained', { fixed: 30, right: 10 });
    expect(judgeGate(learned, sets).verdict).toBe('unclear');
    expect(judgeGate([...learned, ...rows(1, 'held-out', { right: 19 })], sets).verdict).toBe('unclear');
    expect(judgeGate([...learned, ...rows(1, 'held-out', { right: 20 })], sets).verdict).toBe('better');
    expect(judgeGate(rows(1, 'unseen', { right: 5 }), sets).reason).toMatch(
      /^As many questions are right, but/,
    );
    // What is broken or worse is so with few questions, too.
    expect(judgeGate(rows(1, 'unseen', { broken: 1 }), sets).verdict).toBe('worse');
  });

  it('says how large the gain may be in truth', () => {
    const { gain } = judgeGate(rows(1, 'unseen', { right: 36, fixed: 12, broken: 2 }), sets).overall;
    expect(gain?.share).toBeCloseTo(0.2);
    expect(gain?.low).toBeCloseTo(0.0569, 4);
    expect(gain?.high).toBeCloseTo(0.3404, 4);
  });

  it('warns of what its figures do not show', () => {
    expect(judgeGate(rows(0, 'trained', { fixed: 8 }), sets, ['Who?']).cautions).toEqual([
      expect.stringContaining('All questions were trained on'),
      '1 verified question could not be asked, as the SQL does not run any more: Who?.',
    ]);
    expect(
      judgeGate([...rows(0, 'trained', { fixed: 8 }), ...rows(1, 'unseen', { right: 1 })], sets).cautions,
    ).toEqual([expect.stringContaining('The gain is on questions that it was trained on')]);
    expect(judgeGate(rows(1, 'unseen', { fixed: 1, right: 9 }), sets).cautions).toEqual([
      'So small a change can be chance (p 1.00).',
      expect.stringContaining('No verified question was asked'),
    ]);
  });
});
