import type { TrainingRun } from '../../core/contract/index.ts';
import { formatCount, pluralize } from '../lib/format-values.ts';

const states: Record<TrainingRun['state'], string> = {
  unreadable: 'Cannot be read',
  not_started: 'Not started',
  unfinished: 'Running or interrupted',
  finished: 'Finished',
  stopped: 'Stopped; can go on',
  stopped_early: 'Ended as it got no better',
  failed: 'Failed',
};

/** What the interface says: training. */
export const trainingCopy = {
  intro:
    'The trainer is a Python package: LoRA and QLoRA adapters on Mistral-7B and models like it, or a small model from scratch. It is started on the command line; this page shows the runs that it wrote. A wizard that starts and watches runs is not here yet.',
  runs: 'Runs',
  runsFailed: 'The runs cannot be read',
  none: 'No run yet',
  noneHint: 'A run that is started as below appears here while it trains.',
  folder: 'Runs folder',
  states,
  columns: {
    run: 'Run',
    state: 'State',
    step: 'Step',
    training: 'Training loss',
    validation: 'Validation loss',
    checkpoints: 'Checkpoints',
    last: 'Last event',
  },
  stepOf: (step: number, total: number | undefined) =>
    total === undefined ? formatCount(step) : `${formatCount(step)} of ${formatCount(total)}`,
  lossHint: 'Mean cross-entropy of a completion token, in nats',
  artifacts: (count: number) => `made ${pluralize(count, 'file')}`,
  refresh: 'Read again',
  commands: 'On the command line',
  commandsHint:
    'Run these in the folder that holds “training”, in a Python environment with its requirements.',
  steps: [
    {
      title: 'Once: an environment',
      command:
        'python3 -m venv training/.venv && training/.venv/bin/pip install -r training/requirements.lock',
    },
    { title: 'The dataset', command: 'npm run -s sqlcodegen -- data all --spider FILE.zip' },
    {
      title: 'Would this run be wasted?',
      command: 'python -m training.doctor --config training/configs/mistral_lora_config.yaml',
    },
    {
      title: 'Train; --resume goes on after an interruption',
      command: 'python -m training.train --config training/configs/mistral_lora_config.yaml',
    },
    { title: 'Make GGUF files of it', command: 'python -m training.export --run runs/mistral-lora' },
  ],
  copyCommand: (title: string) => `Copy: ${title}`,
  thenUse: 'Then add the GGUF file on the Models page and use it.',
  models: 'Models',
  trainerAt: 'The trainer’s sources',
} as const;
