import type { Command } from 'commander';
import type { BaseInfo, CoreClient, RecipePreset, SourceInfo } from '../../contract/index.ts';
import type { CliContext } from '../context.ts';
import type { TrainFlags } from './train.ts';
import { draftOf } from './train-draft.ts';
import { untilJobEnded } from './train-follow.ts';
import { formatDoctor, formatEstimate, formatMachine } from './train-format.ts';

/** What can be trained, and whether it is worth it. `--draft`, `--target`, `--python` and `--json` stand at `train`. */
export function registerTrainSetup(train: Command, context: CliContext): void {
  const add = <T>(
    name: string,
    description: string,
    call: (client: CoreClient, flags: TrainFlags, command: Command) => Promise<T>,
    format: (answer: T) => string,
  ): Command =>
    train
      .command(name)
      .description(description)
      .action(async (_flags: unknown, command: Command) => {
        const flags = command.optsWithGlobals<TrainFlags>();
        const answer = await call(await context.core(), flags, command);
        context.console.out(flags.json === true ? JSON.stringify(answer, null, 2) : format(answer));
      });
  const { signal } = context;
  add(
    'doctor',
    'with --draft: what would waste the run',
    async (client, flags) => {
      const report = await client['training.doctor']({ draft: await draftOf(flags, client) }, { signal });
      if (report.status === 'failure') context.setExitCode(1);
      return report;
    },
    formatDoctor,
  );
  add(
    'estimate',
    'with --draft: memory, hours and cost',
    async (client, flags, command) => {
      const { measure = false } = command.opts<{ measure?: boolean }>();
      return client['training.estimate']({ draft: await draftOf(flags, client), measure }, { signal });
    },
    formatEstimate,
  ).option('--measure', 'time some steps of the run on this machine first');
  add(
    'plan',
    "with --draft: the trainer's recipe, and how much there is to learn",
    async (client, flags) => client['training.plan']({ draft: await draftOf(flags, client) }, { signal }),
    ({ yaml, trainExamples, validationExamples, problems }) =>
      [yaml, `# ${trainExamples} examples, ${validationExamples} held back`, ...problems]
        .filter(Boolean)
        .join('\n'),
  );
  add('machine', 'what this machine has for training', readMachine(signal), formatMachine);
  add(
    'environment',
    "make the trainer's environment on this machine",
    async (client) => {
      const { jobId } = await client['training.prepareEnvironment']({});
      return untilJobEnded(jobId, client, context);
    },
    () => 'The environment is made.',
  );
  add(
    'recipes',
    'the presets',
    (client) => client['training.recipes']({}),
    (presets: RecipePreset[]) =>
      presets.map(({ id, title, explanation }) => `${id}  ${title}\n  ${explanation}`).join('\n'),
  );
  add(
    'sources',
    'what can be trained on',
    (client) => client['training.sources']({}, { signal }),
    formatSources,
  );
  add('bases', 'what can be fine-tuned', (client) => client['training.bases']({}), formatBases);
}

function readMachine(signal: AbortSignal) {
  return (client: CoreClient, { python }: TrainFlags) => client['training.machine']({ python }, { signal });
}

function formatSources(sources: SourceInfo[]): string {
  return sources
    .map(({ title, examples, missing }) => `${title}: ${missing ? missing.message : `${examples} examples`}`)
    .join('\n');
}

function formatBases(bases: BaseInfo[]): string {
  return bases
    .map(({ title, present, targetForm, explanation }) => {
      const where = present ? '' : ', not on this machine';
      return `${title}  writes ${targetForm}${where}\n  ${explanation}`;
    })
    .join('\n');
}
