import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
  core = await createCore({ dataDir: join(folder, 'data'), version: '0', attachRuns: false });
  for (const example of [count, jargon]) {
    await core.handlers['verified.save']({ connectionId, ...example, origin: 'typed' }, context);
  }
}, 120_000);
afterAll(async () => {
  await core?.close();
  rmSync(folder, { recursive: true, force: true });
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
