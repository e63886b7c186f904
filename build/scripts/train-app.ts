/**
 * `node build/scripts/train-app.ts FOLDER STEPS`: the app as the kill test sees it, in a process that may be killed at any
 * moment. It starts the training run, or finds the one of an earlier process; follows it; resumes it where it ended
 * otherwise than by its own word; ends when it has finished. Says what it sees, a JSON object a line.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createCore } from '../../core/app/index.ts';
import { testPython, tinyDraft, writeTinyExamples } from '../../core/app/training/testing/tiny-run.ts';
import type { TrainingDraft } from '../../core/contract/index.ts';
import type { HostOfApp } from './killable-app.ts';

/** Where it trains: a machine behind SSH, or this one. */
const host = process.env.KILL_TEST_HOST ? (JSON.parse(process.env.KILL_TEST_HOST) as HostOfApp) : undefined;
const [folder = '', steps = '0'] = process.argv.slice(2);
process.env.SQLCODEGEN_RUNS_DIR = join(folder, 'runs');
if (host) {
  mkdirSync(join(folder, 'data'), { recursive: true });
  writeFileSync(join(folder, 'data', 'known_hosts'), host.knownHostsLine);
}
const core = await createCore({
  dataDir: join(folder, 'data'),
  datasetDir: join(folder, 'dataset'),
  version: 'kill test',
});
const call = core.handlers;
const context = { signal: new AbortController().signal };

function say(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** An adapter with dropout, so that the random states count too. */
async function makeDraft(): Promise<TrainingDraft> {
  const draft = tinyDraft(writeTinyExamples(folder), Number(steps), 'Kill test');
  const changes = {
    ...draft.recipe.changes,
    dropout: 0.1,
    rank: 8,
    alpha: 16,
    packLength: 512,
    maxLength: 512,
  };
  const target = host ? { kind: 'ssh' as const, hostId: await keepHost(host) } : draft.target;
  return { ...draft, target, recipe: { ...draft.recipe, preset: 'starter-lora', method: 'lora', changes } };
}

async function keepHost({ port, user, keyPath, folder: there }: HostOfApp): Promise<string> {
  const auth = { kind: 'key' as const, keyPath };
  const address = { host: '127.0.0.1', port, user, auth };
  const saved = await call['training.saveHost'](
    { ...address, name: 'Killed', folder: there, python: testPython },
    context,
  );
  return saved.id;
}

async function findRun(): Promise<string> {
  const [run] = await call['training.list']({}, context);
  if (run) return run.id;
  return (await call['training.start']({ draft: await makeDraft(), ignoreDoctor: true }, context)).runId;
}

/** The steps that the run's page would show when the run ends: later points replace earlier ones of their number. */
async function follow(runId: string): Promise<number[]> {
  let seen: number[] = [];
  for await (const item of call['training.watch']({ runId }, context)) {
    if (item.kind === 'steps') {
      const { firstStep, points } = item;
      seen = [...seen.filter((step) => step < firstStep), ...points.step];
    } else if (item.kind === 'run') say({ state: item.run.state, step: item.run.step ?? 0 });
  }
  return seen;
}

const runId = await findRun();
say({ runId });
for (;;) {
  const seen = await follow(runId);
  const { state, error } = await call['training.get']({ runId }, context);
  say({ state, error: error?.message });
  if (state === 'finished') {
    say({ finished: runId, seen });
    break;
  }
  // Whether an interrupted job is taken up again by the app itself shows within a moment.
  await delay(300);
  await call['training.resume']({ runId }, context).catch((error: unknown) =>
    say({ refused: error instanceof Error ? error.message : String(error) }),
  );
}
await core.close();
