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
  type MachineInfo,
  type PriceTable,
  type TrainingEstimate,
} from '../../contract/index.ts';
import { runPython } from '../environment/index.ts';
import type { PreparedRun } from '../plan/index.ts';

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
  /** Of an SSH host, where its GPU is known. */
  target?: MachineInfo | undefined;
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

/** The GPU of another machine; on Colab the one that its notebook asks for. */
function planFor({ run: { draft }, target }: DoctorCall): string[] {
  const gpu = target?.gpus[0];
  if (gpu) return ['--gpu-name', gpu.name, '--gpu-memory-gib', String(gpu.memoryBytes / gib)];
  return draft.target.kind === 'colab' ? ['--gpu-name', colabGpu, '--gpu-memory-gib', '40'] : [];
}

const colabGpu = 'NVIDIA A100-SXM4-40GB';

/** What would waste the run, found before it starts. */
export async function askDoctor(call: DoctorCall): Promise<DoctorReport> {
  const startedAt = performance.now();
  const { checks, mask } = await diagnose(call, []);
  const seen = checks.flatMap((check) => judge(check, call));
  return {
    status: worst(seen),
    checks: seen,
    ...(mask.example && { mask: mask.example }),
    python: call.python,
    seconds: (performance.now() - startedAt) / 1_000,
  };
}

/** Of a run elsewhere this machine says nothing, and a base that is not here is looked at there. */
function judge(check: DoctorCheck, { run: { draft, base } }: DoctorCall): DoctorCheck[] {
  const isRemote = draft.target.kind !== 'local';
  if (isRemote && /^(machine\.|plan\.disk)/.test(check.id)) return [];
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

function titleOfTarget({ run: { draft }, target }: DoctorCall, gpu: string): string {
  if (draft.target.kind === 'local') return `This machine: ${gpu}`;
  return draft.target.kind === 'ssh' ? `${target?.host ?? 'SSH host'}: ${gpu}` : `Colab: ${gpu}`;
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
