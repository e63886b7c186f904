import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  testPython,
  tinyDraft,
  whyNotTrain,
  writeTinyExamples,
} from '../../../core/app/training/testing/tiny-run.ts';
import type { TrainingPlan, TrainingRunInfo } from '../../../core/contract/index.ts';
import { runCommandLine, type PackedApp } from './run-packed.ts';

/** Python and PyTorch are slow to start on a busy machine. */
const limitMs = 600_000;

/** Where a packed app trains: nothing of its plan may lie outside itself and its data. @returns faults, as sentences */
export async function checkPlan(app: PackedApp): Promise<string[]> {
  const draft = await writeDraft(app);
  const { yaml } = await readJson<TrainingPlan>(app, ['train', 'plan', '--draft', draft, '--json']);
  const paths = [...yaml.matchAll(/"(\/[^"]+)"/g)].map(([, path = '']) => path);
  const base = paths.find((path) => path.endsWith('starter-base'));
  const trainers = join(app.dataDir, 'trainer');
  const copies = existsSync(trainers) ? readdirSync(trainers) : [];
  const needed = ['launch.py', 'guard.py', 'export.py', 'requirements.lock', 'requirements-qlora.lock'];
  return [
    ...(base === undefined ? ['The plan names no base.'] : []),
    ...paths.filter((path) => !existsSync(path)).map((path) => `${path}, of a plan, does not exist.`),
    ...paths
      .filter((path) => !path.startsWith(app.folder) && !path.startsWith(app.dataDir))
      .map((path) => `${path}, of a plan, lies outside the app.`),
    ...(copies.length === 1 ? [] : [`The trainer was copied ${copies.length} times into the app's data.`]),
    ...needed
      .map((name) => join(trainers, copies[0] ?? '', 'training', name))
      .filter((path) => !existsSync(path))
      .map((path) => `${path} is missing.`),
  ];
}

/** Trains a few steps and exports them. @returns faults; undefined where no Python has the trainer's packages */
export async function checkTraining(app: PackedApp): Promise<string[] | undefined> {
  const reason = whyNotTrain();
  if (reason !== undefined) {
    console.log(`skip training and export: ${reason}`);
    return undefined;
  }
  const draft = await writeDraft(app);
  const run = await readJson<TrainingRunInfo>(app, [
    ...['train', '--draft', draft, '--python', testPython, '--ignore-doctor', '--follow', '--json'],
  ]);
  if (run.state !== 'finished') return [`The run is ${run.state}: ${run.error?.message ?? ''}`];
  const made = await readJson<{ path: string }[]>(app, [
    'models',
    'export',
    run.id,
    '--type',
    'Q8_0',
    '--json',
  ]);
  const file = made[0]?.path ?? '';
  return existsSync(file) && file.startsWith(app.dataDir) ? [] : [`The export left no file: ${file}`];
}

async function writeDraft(app: PackedApp): Promise<string> {
  const folder = join(app.dataDir, 'check-training');
  await mkdir(folder, { recursive: true });
  const draft = tinyDraft(writeTinyExamples(folder), 3, 'Packed');
  const file = join(folder, 'draft.json');
  await writeFile(file, JSON.stringify({ ...draft, target: { kind: 'local' } }));
  return file;
}

/** @throws Error with the command's own words where it fails */
async function readJson<T>(app: PackedApp, args: string[]): Promise<T> {
  const { code, out, err } = await runCommandLine(app, args, { timeout: limitMs });
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${err}${out}`);
  return JSON.parse(out) as T;
}
