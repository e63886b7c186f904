import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { askInputSchema, type AskEvent } from '../../contract/index.ts';
import { locateStarterModel } from '../../models/index.ts';
import { createCore, type Core } from '../create-core.ts';

const folder = mkdtempSync(join(tmpdir(), 'sqlcodegen-loop-'));
const context = { signal: new AbortController().signal };
const connectionId = 'demo:retail';
const count = { question: 'How many products are there?', sql: 'SELECT count(*) FROM products' };
/** What the starter cannot know: it stays wrong with both. */
const jargon = { question: 'Show the takings.', sql: 'SELECT sum(total_amount) FROM sales' };
let core: Core;

beforeAll(async () => {
  vi.stubEnv('SQLCODEGEN_RUNS_DIR', join(folder, 'runs'));
  core = await createCore({ dataDir: join(folder, 'data'), version: '0', attachRuns: false });
  for (const example of [count, jargon]) {
    await core.handlers['verified.save']({ connectionId, ...example, origin: 'typed' }, context);
  }
}, 120_000);
afterAll(async () => {
  await core?.close();
  rmSync(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

/** The starter's own file under another name: as good, by all that can be measured. */
function makeCandidate(): string {
  const path = join(folder, 'models', 'other.gguf');
  mkdirSync(join(folder, 'models'), { recursive: true });
  copyFileSync(locateStarterModel(), path);
  const origin = {
    ...{ kind: 'run', runId: 'gone', run: 'Gone', base: 'starter', step: 12, quantization: 'Q8_0' },
    ...{ sourceHash: 'ab', createdAt: '2026-11-23T08:00:00.000Z' },
  };
  writeFileSync(`${path}.json`, JSON.stringify(origin));
  return path;
}

async function waitForJob(jobId: string): Promise<void> {
  for await (const item of core.handlers['jobs.watch']({ jobId, afterSeq: 0 }, context)) void item;
}

async function ask(question: string): Promise<string> {
  const events: AskEvent[] = [];
  const input = askInputSchema.parse({ connectionId, question });
  for await (const event of core.handlers['generation.ask'](input, context)) events.push(event);
  const last = events.at(-1);
  return last?.kind === 'answer' ? (last.answer.historyId ?? '') : '';
}

it('measures, promotes, traces an answer back, and rolls back', async () => {
  const path = makeCandidate();
  const offered = await core.handlers['loop.sets']({}, context);
  const set = { kind: 'verified' as const, connectionId };
  expect(offered[0]).toMatchObject({ set, questions: 2, important: true, suggested: true });

  await expect(core.handlers['loop.promote']({ model: { path } }, context)).rejects.toMatchObject({
    code: 'CONFLICT',
  });
  const { gateId, jobId } = await core.handlers['loop.startGate'](
    { candidate: { path }, sets: [set], mode: 'constrained' },
    context,
  );
  await waitForJob(jobId);
  const gate = await core.handlers['loop.gate']({ gateId }, context);
  expect(gate).toMatchObject({ state: 'succeeded', runId: 'gone', report: { verdict: 'unclear' } });
  expect(gate.rows.map((row) => [row.question, row.correctBefore, row.correctAfter, row.use])).toEqual([
    [count.question, true, true, 'unseen'],
    [jargon.question, false, false, 'unseen'],
  ]);

  // Two questions tell nothing: it is used because someone says so, and that is kept.
  await expect(core.handlers['loop.promote']({ model: { path }, gateId }, context)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('only 2 were asked'),
  });
  expect((await core.handlers['loop.keep']({ gateId }, context)).keptAt).toBeDefined();
  const insistBecause = 'It is the same file.';
  await core.handlers['loop.promote']({ model: { path }, gateId, insistBecause }, context);
  expect((await core.handlers['models.catalogue']({}, context)).inUse).toBe(path);
  const lineage = await core.handlers['loop.lineage']({ historyId: await ask(count.question) }, context);
  expect(lineage).toMatchObject({
    answer: { question: count.question },
    model: { path, origin: 'run', present: true, embedded: false },
    run: { id: 'gone', name: 'Gone', checkpoint: 'step-000012' },
    gate: { id: gateId },
    promotion: { gateId, verdict: 'unclear', insistedBecause: insistBecause },
  });

  await core.handlers['loop.rollBack']({}, context);
  const before = await core.handlers['loop.lineage']({ historyId: await ask(count.question) }, context);
  expect(before.model).toMatchObject({ path: locateStarterModel(), origin: 'app', embedded: true });
  expect((await core.handlers['loop.promotions']({}, context)).promotions).toHaveLength(2);
}, 120_000);

it('keeps every change of the model in use, and holds a gate to the files that it measured', async () => {
  const path = makeCandidate();
  const set = { kind: 'verified' as const, connectionId };
  const { gateId, jobId } = await core.handlers['loop.startGate'](
    { candidate: { path }, sets: [set], mode: 'constrained' },
    context,
  );
  await waitForJob(jobId);
  const { candidate } = await core.handlers['loop.gate']({ gateId }, context);
  expect(candidate.sha256).toMatch(/^[0-9a-f]{64}$/);
  // Another file under its path: one byte behind the weights, which llama.cpp does not read.
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from([0])]));
  await expect(core.handlers['loop.promote']({ model: { path }, gateId }, context)).rejects.toMatchObject({
    message: expect.stringContaining('may be another one than the one that was measured'),
  });

  // What the settings, the Models page or the command line changes is in the history, too.
  const before = (await core.handlers['loop.promotions']({}, context)).promotions.length;
  await expect(core.handlers['loop.use']({ model: { path } }, context)).rejects.toMatchObject({
    details: { needsReason: true },
  });
  await core.handlers['loop.use']({ model: { path }, insistBecause: 'To try it.' }, context);
  await core.handlers['settings.set']({ modelPath: '' }, context);
  const { promotions, previous } = await core.handlers['loop.promotions']({}, context);
  expect(promotions).toHaveLength(before + 2);
  expect(promotions.slice(0, 2)).toMatchObject([
    { kind: 'chosen', from: { path }, to: { path: locateStarterModel() } },
    { kind: 'chosen', to: { path }, insistedBecause: 'To try it.', runId: 'gone' },
  ]);
  expect(previous).toMatchObject({ path, missing: false });
  expect(await core.handlers['loop.rollBack']({}, context)).toMatchObject({ to: { path } });
  await core.handlers['loop.use']({ model: { path: '' } }, context);
}, 120_000);

it('keeps what a model was trained on, though its run was removed and another one has its name', async () => {
  const runDir = join(folder, 'runs', 'again');
  mkdirSync(runDir, { recursive: true });
  const writeVersion = (hash: string) =>
    writeFileSync(
      join(runDir, 'dataset-version.json'),
      JSON.stringify({
        ...{ hash, runId: 'again', createdAt: '2026-11-23T08:00:00.000Z', targetForm: 'sketch' },
        ...{ trainExamples: 1, validationExamples: 0, sources: [], verified: [] },
      }),
    );
  const [first, second] = ['a'.repeat(64), 'b'.repeat(64)];
  writeVersion(first);
  writeFileSync(join(runDir, 'launch.json'), '{}');
  const path = makeCandidate();
  const origin = {
    ...{ kind: 'run', runId: 'again', run: 'Again', base: 'starter', step: 12, quantization: 'Q8_0' },
    ...{ sourceHash: 'ab', datasetHash: first, createdAt: '2026-11-23T08:00:00.000Z' },
  };
  writeFileSync(`${path}.json`, JSON.stringify(origin));
  const trace = async () => (await core.handlers['loop.lineage']({ model: { path } }, context)).version?.hash;
  await core.handlers['training.remove']({ runId: 'again' }, context);
  expect(existsSync(runDir)).toBe(false);
  expect(await trace()).toBe(first);
  mkdirSync(runDir, { recursive: true });
  writeVersion(second);
  expect((await core.handlers['loop.version']({ runId: 'again' }, context)).hash).toBe(second);
  expect(await trace()).toBe(first);
}, 60_000);
