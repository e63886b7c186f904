import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { testPython } from '../../core/app/training/testing/tiny-run.ts';
import { runEventSchema, type RunEvent } from '../../core/contract/index.ts';
import { isAlive } from './living-processes.ts';
import { root } from './run-command.ts';

/** @returns those that are whole; what is not one is a problem */
export function readEvents(folder: string, problems: string[]): RunEvent[] {
  const text = readFileSync(join(runDirOf(folder), 'events.jsonl'), 'utf8');
  const lines = text.split('\n');
  if (lines.pop() !== '') problems.push(`${folder}: events.jsonl ends in half a line`);
  return lines.flatMap((line) => {
    const event = runEventSchema.safeParse(tryParse(line));
    if (!event.success) problems.push(`${folder}: no event: ${line.slice(0, 100)}`);
    return event.success ? [event.data] : [];
  });
}

/** After each start the steps follow one another from the one that it says; a repeated step has the same loss. */
export function findGaps(events: readonly RunEvent[], steps: number): string[] {
  const problems: string[] = [];
  const losses = new Map<number, number | null>();
  let expected = 1;
  for (const event of events) {
    if (event.event === 'run_started') {
      if (event.step >= expected)
        problems.push(`started at step ${event.step}, told only up to ${expected - 1}`);
      expected = event.step + 1;
    }
    if (event.event !== 'step') continue;
    if (event.step !== expected) problems.push(`step ${event.step} follows where ${expected} is due`);
    if (losses.has(event.step) && losses.get(event.step) !== event.loss) {
      problems.push(`step ${event.step} has another loss when repeated`);
    }
    losses.set(event.step, event.loss);
    expected = event.step + 1;
  }
  if (losses.size !== steps) problems.push(`${losses.size} of ${steps} steps were told`);
  if (events.at(-1)?.event !== 'run_finished') problems.push('the last event is not its end');
  return problems;
}

function tryParse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

export const runDirOf = (folder: string) => join(folder, 'runs', 'kill-test');

export async function hashAdapter(folder: string): Promise<string> {
  const file = join(runDirOf(folder), 'adapter', 'adapter_model.safetensors');
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

/** @param runDir where the trainer writes */
export async function checkCheckpoints(runDir: string): Promise<string[]> {
  // A living trainer deletes old ones meanwhile; what it leaves is checked after the next kill of it.
  const record = await readRecord(runDir);
  if (record && isAlive(record.pid)) return [];
  const script = join(root, 'training', 'tests', 'check_checkpoints.py');
  const { stdout } = await promisify(execFile)(testPython, [script, runDir]);
  return JSON.parse(stdout) as string[];
}

/** Of training/launch.py: what it knows of the trainer. */
export interface ProcessRecord {
  pid: number;
  supervisorPid: number;
}

export async function readRecord(runDir: string): Promise<ProcessRecord | undefined> {
  const text = await readFile(join(runDir, 'process.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as ProcessRecord);
}

export function lastStep(folder: string): number {
  const text = readOr(join(runDirOf(folder), 'events.jsonl'), '');
  const steps = [...text.matchAll(/"event": "step".*?"step": (\d+)/g)];
  return Number(steps.at(-1)?.[1] ?? 0);
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}
