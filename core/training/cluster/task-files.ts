import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterKind, TrainingMethod } from '../../contract/index.ts';
import { lockNameOf } from '../environment/index.ts';
import { fileNameOf } from '../recipes/index.ts';
import type { TaskFile } from '../task-files.ts';
import { proposeShape } from './shape.ts';

/** What the task files of a run say of it. */
export interface TaskFacts {
  /** As `slugOf` makes it. */
  slug: string;
  method: TrainingMethod;
  packsPerStep: number;
  needsQuantizedBase: boolean;
  /** Of the base model in the run's folder. */
  baseBytes: number;
}

const templates: Record<ClusterKind | 'setup', { fileName: string; mediaType: string }> = {
  torchrun: { fileName: 'torchrun.sh', mediaType: 'text/x-shellscript' },
  slurm: { fileName: 'slurm.sbatch', mediaType: 'text/x-shellscript' },
  skypilot: { fileName: 'skypilot.yaml', mediaType: 'application/yaml' },
  setup: { fileName: 'setup.sh', mediaType: 'text/x-shellscript' },
};

/** The file of an engine; it stands in the run's prepared folder, beside torchrun.sh, which all of them start. */
export async function writeTaskFile(
  kind: keyof typeof templates,
  facts: TaskFacts,
  trainerDir: string,
): Promise<TaskFile> {
  const { fileName, mediaType } = templates[kind];
  const template = await readFile(join(trainerDir, 'cluster', fileName), 'utf8');
  const values = describeFacts(facts);
  const text = template.replaceAll(/@([A-Z]+)@/g, (mark, name: string) => values[name] ?? mark);
  return { fileName, mediaType, text };
}

function describeFacts({ slug, method, packsPerStep, ...facts }: TaskFacts): Record<string, string> {
  const { nodes, gpusPerNode } = proposeShape(packsPerStep);
  const accelerators = acceleratorsFor(method, facts.baseBytes).map((name) => `${name}: ${gpusPerNode}`);
  return {
    NAME: slug,
    PACKS: String(packsPerStep),
    NODES: String(nodes),
    GPUS: String(gpusPerNode),
    CPUS: String(8 * gpusPerNode),
    LOCK: lockNameOf(facts.needsQuantizedBase),
    ACCELERATORS: `{${accelerators.join(', ')}}`,
    DISK: String(proposeDisk(method, facts.baseBytes)),
  };
}

const gib = 1024 ** 3;

/** SkyPilot's names of GPUs that hold such a run; small models train on any. */
function acceleratorsFor(method: TrainingMethod, baseBytes: number): string[] {
  if (method === 'scratch' || baseBytes < 2 * gib) return ['T4', 'L4', 'A10G'];
  if (method === 'qlora') return ['L4', 'A10G', 'A100'];
  return method === 'lora' ? ['A100', 'A100-80GB', 'H100'] : ['A100-80GB', 'H100'];
}

/** GiB for the system, the environment, the base and some checkpoints: all weights have fp32 copies and two moments in each. */
function proposeDisk(method: TrainingMethod, baseBytes: number): number {
  const copies = method === 'full' ? 28 : 3;
  return Math.max(256, 64 * Math.ceil((copies * baseBytes) / gib / 64));
}

/** A run's name as Slurm, SkyPilot and buckets all take it: lower-case letters, digits, hyphens; a letter first. */
export function slugOf(name: string): string {
  const plain = fileNameOf(name.normalize('NFKD').replaceAll(/\p{M}/gu, ''))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
  return /^[a-z]/.test(plain) ? plain : `run-${plain}`.replace(/-+$/, '');
}
