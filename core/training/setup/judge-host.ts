import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, type DoctorCheck, type MachineInfo, type SshHostTest } from '../../contract/index.ts';
import type { PreparedRun } from '../plan/index.ts';

/** What was seen of an SSH host, or why nothing was. */
export type ExaminedHost = { kind: 'seen'; machine: MachineInfo } | { kind: 'not-seen'; reason: AppError };

export interface HostNeeds {
  run: PreparedRun;
  /** Of the checkpoints that are kept at once, bytes. */
  checkpointsBytes: number;
  /** Undefined where the base is not known here. */
  parameters: number | undefined;
}

/** The machine of a host's test. @throws AppError why it was not seen */
export function expectMachine(test: SshHostTest): MachineInfo {
  if (test.kind === 'ok') return test.machine;
  if (test.kind === 'failed') throw AppError.fromPayload(test.error);
  if (test.kind === 'changed-key') throw new AppError('PERMISSION_DENIED', test.message, { hint: test.hint });
  throw new AppError('PERMISSION_DENIED', `Nobody has agreed to the key of ${test.host} yet.`, {
    hint: 'Test the host in the step “Where”, and compare the fingerprint that it shows.',
  });
}

const gib = 1_024 ** 3;
/** Above this many weights a processor takes weeks. */
const maxProcessorParameters = 1e9;

/** The doctor's checks of the machine, for one that it does not run on: reached, GPU, Python, disk. */
export function judgeHost(host: ExaminedHost, needs: HostNeeds): DoctorCheck[] {
  if (host.kind === 'not-seen') {
    const { message, hint = 'Test the host in the step “Where”.' } = host.reason;
    return [{ id: 'host.reached', status: 'failure', title: 'Host', detail: message, hint }];
  }
  const { machine } = host;
  return [
    { id: 'host.reached', status: 'ok', title: 'Host', detail: `${machine.host} answers`, hint: '' },
    judgeGpu(machine, needs),
    judgePython(machine),
    judgeDisk(machine, needs),
  ];
}

function judgeGpu(machine: MachineInfo, { run, parameters }: HostNeeds): DoctorCheck {
  const about = { id: 'host.gpu', title: 'GPU of the host' };
  const [gpu] = machine.gpus;
  if (gpu) {
    const free = gpu.freeBytes === undefined ? '' : `, ${inGib(gpu.freeBytes)} free`;
    const driver = gpu.driver === undefined ? '' : `, driver ${gpu.driver}`;
    const detail = `${machine.gpus.length} × ${gpu.name}, ${inGib(gpu.memoryBytes)}${free}${driver}`;
    return { ...about, status: 'ok', detail, hint: '' };
  }
  const detail = ['There is no GPU that can be used', ...machine.problems.filter(isAboutGpu)].join('. ');
  const { method } = run.draft.recipe;
  const needsOne = method === 'qlora' || (parameters ?? Infinity) > maxProcessorParameters;
  const hint = needsOne
    ? 'Choose a host with an NVIDIA GPU and its driver, or a smaller base model.'
    : `It trains on ${machine.cores} cores, which a small model can bear.`;
  return { ...about, status: needsOne ? 'failure' : 'warning', detail, hint };
}

function isAboutGpu(problem: string): boolean {
  return !/python/i.test(problem);
}

function judgePython({ python, environmentReady, problems }: MachineInfo): DoctorCheck {
  const about = { id: 'host.python', title: 'Python of the host' };
  const obstacles = problems.filter((problem) => !isAboutGpu(problem));
  if (obstacles.length > 0 || !python) {
    const detail = obstacles.join(' ') || 'There is no Python 3.11 or newer.';
    const hint = 'Install it there, or name another Python in the host’s settings.';
    return { ...about, status: 'failure', detail, hint };
  }
  const state = environmentReady ? 'with its packages' : 'its packages are installed when the run starts';
  return { ...about, status: 'ok', detail: `${python.version}, ${state}`, hint: '' };
}

function judgeDisk(machine: MachineInfo, { run, checkpointsBytes }: HostNeeds): DoctorCheck {
  const baseBytes = sumFiles(run.base.folder);
  const needed = checkpointsBytes + baseBytes;
  const detail = `${inGib(machine.freeDiskBytes)} free; checkpoints ${inGib(checkpointsBytes)}, base ${inGib(baseBytes)}`;
  const isEnough = machine.freeDiskBytes >= needed;
  return {
    ...{ id: 'host.disk', title: 'Disk of the host', detail },
    status: isEnough ? 'ok' : 'failure',
    hint: isEnough ? '' : 'Free space there, choose another folder of the host, or keep fewer checkpoints.',
  };
}

function sumFiles(folder: string | undefined): number {
  if (folder === undefined) return 0;
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function inGib(bytes: number): string {
  return `${(bytes / gib).toFixed(1)} GiB`;
}
