import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  AppError,
  doctorCheckSchema,
  maskedTokenSchema,
  type DoctorCheck,
  type DoctorReport,
  type HardwareEstimate,
  type HardwarePrice,
  type PriceTable,
  type TrainingEstimate,
} from '../../contract/index.ts';
import { runPython } from '../environment/index.ts';
import type { PreparedRun } from '../plan/index.ts';
import { judgeHost, type ExaminedHost } from './judge-host.ts';

/** What `python -m training.doctor --json` prints, as far as it is read here. */
const hardwareSchema = z.object({
  id: z.string().nullable(),
  gpu: z.string(),
  memory_bytes: z.number().nullable(),
  basis: z.enum(['measured', 'assumed']),
  peak_memory_bytes: z.number(),
  fits: z.boolean(),
  seconds: z.number().nullable(),
});

const diagnosisSchema = z.object({
  status: z.enum(['ok', 'warning', 'failure']),
  checks: z.array(doctorCheckSchema),
  estimate: z.object({
    examples: z.number().optional(),
    tokens_per_epoch: z.number().optional(),
    steps: z.number().nullable().optional(),
    hardware: z.array(hardwareSchema).optional(),
    assumptions: z.array(z.string()).optional(),
    checkpoint_bytes: z.number().optional(),
    parameters: z.number().optional(),
    disk_bytes: z.record(z.string(), z.unknown()).optional(),
  }),
  mask: z.object({ example: z.array(maskedTokenSchema).optional() }),
});
type Diagnosis = z.infer<typeof diagnosisSchema>;

export interface DoctorCall {
  run: PreparedRun;
  /** Holds its data and recipe. */
  runDir: string;
  python: string;
  trainerDir: string;
  /** Where it trains on an SSH host. */
  host?: ExaminedHost | undefined;
  signal: AbortSignal;
}

async function diagnose(call: DoctorCall, options: readonly string[]): Promise<Diagnosis> {
  const { runDir, python, trainerDir, signal } = call;
  const args = ['-m', 'training.doctor', '--config', 'recipe.yaml', '--json', ...planFor(call), ...options];
  const env = { HF_HUB_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false' };
  const { stdout, stderr, code } = await runPython({ python, args, trainerDir, cwd: runDir, env, signal });
  const answer = diagnosisSchema.safeParse(parse(stdout));
  if (answer.success) return answer.data;
  const last = stderr.trim().split('\n').at(-1) ?? `exit code ${code}`;
  throw new AppError(
    code === 2 ? 'INVALID_INPUT' : 'TRAINER_FAILED',
    `The doctor could not look at it: ${last}`,
    {
      hint: code === 2 ? 'Change what it names, and ask again.' : "Check the trainer's environment.",
    },
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const gib = 1_024 ** 3;

/** What computes on another machine; on Colab the GPU that its notebook asks for. */
function planFor({ run: { draft }, host }: DoctorCall): string[] {
  if (draft.target.kind === 'colab') return ['--gpu-name', colabGpu, '--gpu-memory-gib', '40'];
  if (host?.kind !== 'seen') return [];
  const { gpus, cores, memoryBytes } = host.machine;
  const [gpu] = gpus;
  const bytes = gpu ? (gpu.freeBytes ?? gpu.memoryBytes) : memoryBytes;
  const name = gpu?.name ?? `the processor of ${host.machine.host}, ${cores} cores`;
  return ['--gpu-name', name, '--gpu-memory-gib', String(bytes / gib)];
}

const colabGpu = 'NVIDIA A100-SXM4-40GB';

/** What would waste the run, found before it starts. */
export async function askDoctor(call: DoctorCall): Promise<DoctorReport> {
  const startedAt = performance.now();
  const { checks, mask, estimate } = await diagnose(call, []);
  const seen = [...checks.flatMap((check) => judge(check, call)), ...judgeTarget(call, estimate)];
  return {
    status: worst(seen),
    checks: seen,
    ...(mask.example && { mask: mask.example }),
    python: call.python,
    seconds: (performance.now() - startedAt) / 1_000,
  };
}

function judgeTarget({ run, host }: DoctorCall, estimate: Diagnosis['estimate']): DoctorCheck[] {
  if (!host) return [];
  const { checkpoints } = estimate.disk_bytes ?? {};
  const checkpointsBytes = typeof checkpoints === 'number' ? checkpoints : (estimate.checkpoint_bytes ?? 0);
  return judgeHost(host, { run, checkpointsBytes, parameters: estimate.parameters });
}

/** Of a run elsewhere this machine says nothing, and a base that is not here is looked at there. */
function judge(check: DoctorCheck, { run: { draft, base }, host }: DoctorCall): DoctorCheck[] {
  const isRemote = draft.target.kind !== 'local';
  if (isRemote && /^(machine\.|plan\.disk)/.test(check.id)) return [];
  // Of what nobody has seen, nothing is said: that it was not reached is a finding of its own.
  if (host?.kind === 'not-seen' && /^plan\.(memory|time)$/.test(check.id)) return [];
  const isElsewhere = base.folder === undefined && base.reference !== undefined;
  if (isElsewhere && check.id.startsWith('base.') && check.status === 'failure') {
    const detail = `Not looked at here: ${check.detail}`;
    return [{ ...check, status: 'warning', detail, hint: 'It is checked where it trains.' }];
  }
  return [check];
}

function worst(checks: readonly DoctorCheck[]): DoctorReport['status'] {
  if (checks.some(({ status }) => status === 'failure')) return 'failure';
  return checks.some(({ status }) => status === 'warning') ? 'warning' : 'ok';
}

/** What it takes on this machine or the chosen host, and on all of the price table. */
export async function estimateRun(
  call: DoctorCall,
  prices: PriceTable,
  measure: boolean,
): Promise<TrainingEstimate> {
  const list = join(call.runDir, 'hardware.json');
  await writeFile(
    list,
    JSON.stringify(prices.hardware.map(({ id, gpu, memoryGib }) => ({ id, gpu, memory_gib: memoryGib }))),
  );
  const isLocal = call.run.draft.target.kind === 'local';
  const options = ['--hardware', list, ...(measure && isLocal ? ['--measure'] : [])];
  const { estimate, checks } = await diagnose(call, options);
  if (!estimate.hardware) throw notEstimated(checks);
  const checkpointBytes = estimate.checkpoint_bytes ?? 0;
  const diskBytes = totalDisk(estimate.disk_bytes, checkpointBytes);
  return {
    examples: estimate.examples ?? call.run.built.train.length,
    tokensPerEpoch: Math.round(estimate.tokens_per_epoch ?? 0),
    steps: estimate.steps ?? null,
    hardware: estimate.hardware.map((each) => toHardware(each, prices, call)),
    ...{ checkpointBytes, diskBytes },
    storagePerMonth: (diskBytes / gib) * prices.storagePerGibMonth,
    assumptions: [...(estimate.assumptions ?? []), ...assumptionsOf(call, prices)],
  };
}

function notEstimated(checks: readonly DoctorCheck[]): AppError {
  const first = checks.find(({ status }) => status === 'failure');
  return new AppError(
    'INVALID_INPUT',
    `Nothing can be estimated: ${first?.detail ?? 'the base is not known here'}.`,
    {
      hint: first?.hint || 'Ask the doctor.',
    },
  );
}

/** Checkpoints and the exported files; what the base takes besides is not the run's. */
function totalDisk(bytes: Diagnosis['estimate']['disk_bytes'], checkpointBytes: number): number {
  const { run_folder: runFolder } = bytes ?? {};
  return typeof runFolder === 'number' ? runFolder : checkpointBytes;
}

function toHardware(
  { id, gpu, memory_bytes, basis, peak_memory_bytes, fits, seconds }: z.infer<typeof hardwareSchema>,
  prices: PriceTable,
  call: DoctorCall,
): HardwareEstimate {
  const hours = seconds === null ? null : seconds / 3_600;
  const price = prices.hardware.find((one) => one.id === id);
  return {
    ...(id !== null && { priceId: id }),
    title: price?.title ?? titleOfTarget(call, gpu),
    peakMemoryBytes: peak_memory_bytes,
    ...(memory_bytes !== null && { memoryBytes: memory_bytes }),
    ...{ fits, hours, basis },
    ...(price && hours !== null && costOf(price, hours)),
  };
}

function titleOfTarget({ run: { draft }, host }: DoctorCall, gpu: string): string {
  if (draft.target.kind === 'colab') return `Colab: ${gpu}`;
  // A host that was not reached is estimated on this machine, and so says its title.
  return host?.kind === 'seen' ? `${host.machine.host}: ${gpu}` : `This machine: ${gpu}`;
}

function costOf({ perHour, currency }: HardwarePrice, hours: number) {
  return { costPerRun: perHour * hours, costOfFiveRuns: perHour * hours * 5, currency };
}

function assumptionsOf({ run: { draft } }: DoctorCall, { hardware }: PriceTable): string[] {
  const oldest = hardware.map(({ asOf }) => asOf).toSorted()[0];
  return [
    ...(draft.target.kind === 'colab' ? [`Colab gives an ${colabGpu}; another GPU takes another time.`] : []),
    ...(oldest === undefined
      ? []
      : [
          `Costs are hours times the price of the table, the oldest of ${oldest}; check them before you rely on them.`,
        ]),
    'Five runs: about what a first project needs to settle its recipe. Storage: the run’s largest folder for a month.',
  ];
}
