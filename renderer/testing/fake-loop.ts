import {
  AppError,
  type CoreClient,
  type Gate,
  type GateFigures,
  type GateReport,
  type GateRow,
  type Lineage,
  type Promotion,
  type TrainingVersion,
} from '../../core/contract/index.ts';

export type LoopMethods = Pick<CoreClient, Extract<keyof CoreClient, `loop.${string}`>>;

const starter = { path: 'data/models/starter.gguf', name: 'starter' };
const tuned = { path: '/runs/shop/gguf/shop-Q8_0.gguf', name: 'shop-Q8_0' };

export const fakeVersion: TrainingVersion = {
  hash: 'ab'.repeat(32),
  runId: 'shop',
  createdAt: '2026-11-23T08:00:00.000Z',
  targetForm: 'sketch',
  trainExamples: 9,
  validationExamples: 2,
  sources: [
    {
      source: { kind: 'verified', connectionId: 'demo:retail', weight: 1 },
      title: 'Verified examples of Retail',
      ...{ trainExamples: 9, validationExamples: 2, leftOut: 1 },
    },
  ],
  verified: [
    {
      ...{ id: 'v1', connectionId: 'demo:retail', question: 'How many customers are there?' },
      ...{ sql: 'SELECT count(*) FROM customers', use: 'trained' },
    },
    {
      ...{ id: 'v2', connectionId: 'demo:retail', question: 'Which stores are open?', sql: 'SELECT 1' },
      ...{ use: 'left-out', reason: 'function now' },
    },
  ],
};

export function fakeFigures(n: number, before: number, after: number, broken = 0): GateFigures {
  const share = (count: number) => ({ n, count, share: n ? count / n : null, low: 0.2, high: 0.9 });
  const gain = { share: n ? (after - before) / n : null, low: -0.02, high: 0.11 };
  return {
    n,
    before: share(before),
    after: share(after),
    fixed: after - before + broken,
    broken,
    p: 0.25,
    gain,
  };
}

const row: GateRow = {
  ...{ id: 'v1', set: 0, connectionId: 'demo:retail', question: 'How many customers are there?' },
  ...{ goldSql: 'SELECT count(*) FROM customers', important: true, use: 'trained' },
  ...{ sqlBefore: 'SELECT 1', sqlAfter: 'SELECT count(*) FROM customers' },
  ...{ correctBefore: false, correctAfter: true, causesAfter: [] },
};

export const fakeReport: Omit<GateReport, 'rows'> = {
  verdict: 'better',
  reason: '3 more questions are right than before, and no verified one was broken.',
  rule: 'Better: more questions are right than before.',
  overall: fakeFigures(61, 40, 43),
  notTrainedOn: fakeFigures(52, 36, 36),
  sets: [
    { ...fakeFigures(11, 4, 7), title: 'Verified examples of Retail', important: true },
    { ...fakeFigures(50, 36, 36), title: 'The demo databases’ questions', important: false },
  ],
  cautions: ['The gain is on questions that it was trained on.'],
};

export const fakeGate: Gate = {
  ...{ id: 'gate-1', jobId: 'job-gate', state: 'succeeded', runId: 'shop', candidate: tuned, inUse: starter },
  sets: [
    { kind: 'verified', connectionId: 'demo:retail' },
    { kind: 'split', split: 'demo' },
  ],
  ...{ mode: 'voted', startedAt: '2026-11-23T08:10:00.000Z', endedAt: '2026-11-23T08:11:00.000Z' },
  report: fakeReport,
};

/** The loop after one run: nothing was measured yet, the starter is in use. */
export function createFakeLoop(): LoopMethods {
  let gates: Gate[] = [];
  let promotions: Promotion[] = [];
  const inUse = () => promotions[0]?.to ?? starter;
  const change = (kind: Promotion['kind'], to: Promotion['to'], more: Partial<Promotion> = {}): Promotion => {
    const id = `promotion-${promotions.length + 1}`;
    const promotion: Promotion = { id, at: new Date().toISOString(), kind, from: inUse(), to, ...more };
    promotions = [promotion, ...promotions];
    return promotion;
  };
  return {
    'loop.version': async () => fakeVersion,
    'loop.sets': async () => [
      {
        set: { kind: 'verified', connectionId: 'demo:retail' },
        ...{ title: 'Verified examples of Retail', questions: 11, important: true, suggested: true },
      },
      {
        set: { kind: 'split', split: 'demo' },
        ...{ title: 'The demo databases’ questions', questions: 50, important: false, suggested: true },
      },
    ],
    'loop.startGate': async ({ candidate, runId }) => {
      gates = [{ ...fakeGate, candidate: { ...tuned, ...candidate }, runId }, ...gates];
      return { gateId: fakeGate.id, jobId: 'job-gate' };
    },
    'loop.gates': async () => gates,
    'loop.gate': async ({ gateId }) => {
      const gate = gates.find(({ id }) => id === gateId) ?? fakeGate;
      return { ...gate, rows: [row] };
    },
    'loop.keep': async ({ gateId }) => {
      gates = gates.map((gate) =>
        gate.id === gateId ? { ...gate, keptAt: new Date().toISOString() } : gate,
      );
      return gates.find(({ id }) => id === gateId) ?? fakeGate;
    },
    'loop.removeGate': async ({ gateId }) => {
      gates = gates.filter(({ id }) => id !== gateId);
      return {};
    },
    'loop.promote': async ({ model, gateId, runId, insistBecause }) =>
      change('promoted', { ...tuned, ...model }, { gateId, runId, insistedBecause: insistBecause }),
    'loop.use': async ({ model: { path }, insistBecause }) => {
      const to = path === '' ? starter : { path, name: path.replace(/^.*\/(.*)\.gguf$/, '$1') };
      return { promotion: change('chosen', to, { insistedBecause: insistBecause }) };
    },
    'loop.rollBack': async () => {
      const last = promotions[0];
      if (!last) throw new AppError('CONFLICT', 'No model was in use before this one.');
      return change('rolled-back', last.from);
    },
    'loop.promotions': async () => {
      const previous = promotions[0]?.from;
      return { promotions, inUse: inUse(), ...(previous && { previous: { ...previous, missing: false } }) };
    },
    'loop.lineage': async (): Promise<Lineage> => ({
      model: { name: 'shop-Q8_0', path: tuned.path, embedded: false, present: true, origin: 'run' },
      run: { id: 'shop', name: 'Shop', runDir: '/runs/shop' },
      version: fakeVersion,
      gate: fakeGate,
    }),
  };
}
