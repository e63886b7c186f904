import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError, type MachineInfo, type TrainingDraft } from '../../contract/index.ts';
import { expectMachine, judgeHost, type HostNeeds } from './judge-host.ts';

const gib = 1_024 ** 3;
const machine: MachineInfo = {
  host: 'box',
  gpus: [{ name: 'NVIDIA A100-SXM4-40GB', memoryBytes: 40 * gib, freeBytes: 38 * gib, driver: '570.1' }],
  ...{ cores: 16, memoryBytes: 128 * gib, freeDiskBytes: 200 * gib },
  python: { path: '/usr/bin/python3', version: '3.12.1' },
  environmentReady: false,
  problems: [],
};

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function needsOf(method: TrainingDraft['recipe']['method'], more: Partial<HostNeeds> = {}): HostNeeds {
  const folder = mkdtempSync(join(tmpdir(), 'judge-host-'));
  folders.push(folder);
  writeFileSync(join(folder, 'model.safetensors'), Buffer.alloc(1_024));
  const run = { draft: { recipe: { method } }, base: { folder } } as HostNeeds['run'];
  return { run, checkpointsBytes: 2 * gib, parameters: 7e9, ...more };
}

function judge(seen: Partial<MachineInfo>, needs = needsOf('lora')): Record<string, string> {
  const checks = judgeHost({ kind: 'seen', machine: { ...machine, ...seen } }, needs);
  return Object.fromEntries(checks.map(({ id, status }) => [id.replace('host.', ''), status]));
}

describe('an SSH host, judged from here', () => {
  it('passes where it has what the run needs', () => {
    expect(judge({})).toEqual({ reached: 'ok', gpu: 'ok', python: 'ok', disk: 'ok' });
  });

  it('fails for a large model without a GPU, and is warned of for a small one', () => {
    const noGpu = { gpus: [], problems: ['There is no NVIDIA driver.'] };
    expect(judge(noGpu).gpu).toBe('failure');
    expect(judge(noGpu, needsOf('full', { parameters: 4e6 })).gpu).toBe('warning');
    // Its quantized weights need CUDA, however small.
    expect(judge(noGpu, needsOf('qlora', { parameters: 4e6 })).gpu).toBe('failure');
  });

  it('fails where its disk does not hold the checkpoints, or its Python is too old', () => {
    expect(judge({ freeDiskBytes: 1 * gib }).disk).toBe('failure');
    const { python: _, ...without } = machine;
    const problems = ['There is no Python 3.11 or newer.'];
    const checks = judgeHost({ kind: 'seen', machine: { ...without, problems } }, needsOf('lora'));
    expect(checks.find(({ id }) => id === 'host.python')).toMatchObject({
      status: 'failure',
      detail: problems[0],
    });
  });

  it('fails where it was not seen, with the reason', () => {
    const test = {
      kind: 'failed',
      error: { code: 'REMOTE_UNREACHABLE', message: 'box:22 does not answer.' },
    };
    let reason: AppError | undefined;
    try {
      expectMachine(test as Parameters<typeof expectMachine>[0]);
    } catch (error) {
      reason = error as AppError;
    }
    expect(
      judgeHost({ kind: 'not-seen', reason: reason ?? new AppError('INTERNAL', '') }, needsOf('lora')),
    ).toEqual([
      expect.objectContaining({ id: 'host.reached', status: 'failure', detail: 'box:22 does not answer.' }),
    ]);
  });
});
