import type { ClusterKind, FolderStep } from '../../contract/index.ts';
import type { Shape } from './shape.ts';

export interface StepFacts extends Shape {
  folder: string;
  runsDir: string;
  slug: string;
}

/** What a person does with a prepared folder. HOST, ADDRESS and my-bucket are theirs to put in. */
export function describeSteps(kind: ClusterKind, facts: StepFacts): FolderStep[] {
  if (kind === 'skypilot') return skypilotSteps(facts);
  return kind === 'slurm' ? slurmSteps(facts) : torchrunSteps(facts);
}

function torchrunSteps(facts: StepFacts): FolderStep[] {
  const { slug, nodes } = facts;
  const start = (rank: number) =>
    `NNODES=${nodes} NODE_RANK=${rank} MASTER_ADDR=ADDRESS bash ${slug}/torchrun.sh`;
  const first =
    nodes === 1
      ? { text: 'Start it there.', command: `bash ${slug}/torchrun.sh` }
      : { text: 'On the first machine, whose address the others can reach:', command: start(0) };
  return [
    bringThere(facts, 'Bring the folder to a place that all machines share, or to each of them.'),
    {
      text: 'On each machine, once: make the environment (Python 3.11 or newer).',
      command: `bash ${slug}/setup.sh`,
    },
    first,
    ...(nodes > 1 ? [{ text: 'On the second one, and so on:', command: start(1) }] : []),
    {
      text: 'After an interruption, the same lines go on from the newest checkpoint. Ctrl-C on one machine saves and ends all of them.',
    },
    bringBack(facts),
  ];
}

function slurmSteps(facts: StepFacts): FolderStep[] {
  const { slug } = facts;
  return [
    bringThere(facts, 'Bring the folder to the cluster, where all nodes see it.'),
    {
      text: 'Make the environment there, once (Python 3.11 or newer).',
      command: `ssh HOST bash ${slug}/setup.sh`,
    },
    {
      text: 'Look at the first lines of slurm.sbatch: partition, account, nodes, GPUs, time. Then queue it.',
      command: `ssh HOST 'cd ${slug} && sbatch slurm.sbatch'`,
    },
    { text: 'Follow it.', command: `ssh HOST tail -F ${slug}/run/trainer.log` },
    {
      text: 'When its time is up, or it is preempted, it saves, is queued again and goes on by itself.',
    },
    bringBack(facts),
  ];
}

function skypilotSteps(facts: StepFacts): FolderStep[] {
  const { slug, folder, runsDir } = facts;
  const run = shellWord(`${runsDir}/${slug}`);
  return [
    {
      text: 'Install SkyPilot with your cloud, and let it check your sign-in.',
      command: "pip install 'skypilot[gcp]' && sky check",
    },
    {
      text: 'Start it on spot machines, with a bucket of your own. It makes the bucket where there is none. It costs money.',
      command: `cd ${shellWord(folder)} && sky jobs launch --env BUCKET=my-bucket skypilot.yaml`,
    },
    { text: 'Follow it.', command: 'sky jobs queue && sky jobs logs' },
    { text: 'When machines are taken away, it goes on elsewhere from the newest checkpoint in the bucket.' },
    {
      text: 'Bring the run back (for Amazon, `aws s3 sync`). It then stands under Training → Runs.',
      command: `rsync -a --link-dest=${shellWord(`${folder}/run/`)} ${shellWord(`${folder}/run/`)} ${run}/ && gcloud storage cp -r 'gs://my-bucket/${slug}/*' ${run}/`,
    },
  ];
}

function bringThere({ folder, slug }: StepFacts, text: string): FolderStep {
  return { text, command: `rsync -a ${shellWord(`${folder}/`)} HOST:${slug}/` };
}

/** What is here already, data and base model, is linked rather than brought again. */
function bringBack({ folder, slug, runsDir }: StepFacts): FolderStep {
  const kept = shellWord(`${folder}/run/`);
  return {
    text: 'Bring the run back, as often as you like. It then stands under Training → Runs, where it is exported and measured.',
    command: `rsync -a --link-dest=${kept} HOST:${slug}/run/ ${shellWord(`${runsDir}/${slug}/`)}`,
  };
}

/** One word of a command line. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
