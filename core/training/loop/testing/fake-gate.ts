import type { Gate, GateFigures, LoopModel } from '../../../contract/index.ts';

const share = { n: 10, count: 5, share: 0.5, low: 0.2, high: 0.8 };
const figures: GateFigures = { n: 10, before: share, after: share, fixed: 0, broken: 0, p: 1 };

export const fakeReport: NonNullable<Gate['report']> = {
  ...{ verdict: 'better', reason: 'More are right.', rule: 'A rule.', overall: figures },
  ...{ notTrainedOn: figures, sets: [], cautions: [] },
};

/** One that has ended. */
export function fakeGate(candidate: LoopModel, inUse: LoopModel, report = fakeReport): Gate {
  return {
    ...{ id: 'gate', state: 'succeeded', runId: 'shop', sets: [], mode: 'voted', report },
    candidate: { ...candidate, name: 'candidate' },
    inUse: { ...inUse, name: 'before' },
    startedAt: '2026-11-23T08:00:00.000Z',
  };
}
