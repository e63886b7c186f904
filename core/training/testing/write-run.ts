import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent, RunEventOf } from '../../contract/index.ts';

const time = '2026-11-22T18:01:01.658+00:00';

export const startEvent: RunEventOf<'run_started'> = {
  event: 'run_started',
  time,
  name: 'lora',
  run_dir: 'runs/lora',
  resumed: false,
  step: 0,
  device: 'cpu',
  devices: 1,
  threads: 2,
  precision: 'fp32',
  method: 'lora',
  base: 'models/tiny',
  parameters: 1000,
  trainable_parameters: 100,
  vocab_size: 320,
  examples: 64,
  prompt_tokens: 6400,
  completion_tokens: 640,
  shared_tokens: 3000,
  packs: 8,
  padding_share: 0.02,
  micro_batch_packs: 1,
  packs_per_step: 2,
  max_steps: 12,
  max_minutes: null,
  commit: null,
};

export function stepEvent(step: number, loss: number | null = 2.5): RunEventOf<'step'> {
  return {
    event: 'step',
    time,
    step,
    epoch: step / 4,
    loss,
    learning_rate: 1e-4,
    gradient_norm: 0.7,
    tokens_per_second: 900,
    examples_seen: step * 16,
    tokens_seen: step * 1000,
    elapsed_seconds: step,
    eta_seconds: 12 - step,
    gpu_memory_bytes: null,
    gpu_utilization: null,
    mfu: null,
  };
}

export function evalEvent(step: number, executionAccuracy: number | null): RunEventOf<'eval'> {
  return {
    event: 'eval',
    time,
    step,
    elapsed_seconds: step,
    validation_loss: 1.5,
    token_accuracy: 0.8,
    exact_completions: 0.4,
    examples: 32,
    execution_accuracy: executionAccuracy,
    executed: executionAccuracy === null ? null : 20,
    seconds: 3,
  };
}

export function checkpointEvent(step: number, isBest: boolean): RunEventOf<'checkpoint'> {
  const path = `runs/lora/checkpoints/${checkpointName(step)}`;
  return { event: 'checkpoint', time, step, path, bytes: 12, is_best: isBest, seconds: 0.1 };
}

export function finishEvent(outcome: RunEventOf<'run_finished'>['outcome']): RunEventOf<'run_finished'> {
  return {
    event: 'run_finished',
    time,
    outcome,
    step: 12,
    elapsed_seconds: 12,
    checkpoint: null,
    best_checkpoint: null,
  };
}

export const failEvent: RunEventOf<'run_failed'> = {
  event: 'run_failed',
  time,
  step: 8,
  code: 'DISK_FULL',
  message: 'The disk of runs/lora is full.',
  hint: 'Free 40 MB, then go on with --resume.',
};

export function appendEvents(runDir: string, ...events: RunEvent[]): void {
  appendFileSync(join(runDir, 'events.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

/** Twelve bytes in two files, one of them in a folder. */
export function writeCheckpoint(runDir: string, step: number): void {
  const folder = join(runDir, 'checkpoints', checkpointName(step));
  mkdirSync(join(folder, 'adapter'), { recursive: true });
  writeFileSync(join(folder, 'state.json'), '{}');
  writeFileSync(join(folder, 'adapter', 'weights'), '0123456789');
}

function checkpointName(step: number): string {
  return `step-${String(step).padStart(6, '0')}`;
}
