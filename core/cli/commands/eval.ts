import type { Command } from 'commander';
import { Option } from 'commander';
import { projectDataDir } from '../../app/spider-pipeline.ts';
import { AppError, evaluationModeSchema, evaluationSplitSchema } from '../../contract/index.ts';
import { wholeNumber } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { addModelOptions } from '../endpoint-flags.ts';
import { registerEvalCompare } from './eval-compare.ts';
import { judgePredictionFile, type PredictionFlags } from './eval-predictions.ts';
import { measureSplit, type SplitFlags } from './eval-split.ts';

interface EvalFlags extends Omit<SplitFlags, 'split'>, Omit<PredictionFlags, 'predictions'> {
  split?: SplitFlags['split'];
  predictions?: string;
}

export function registerEval(program: Command, context: CliContext): void {
  const command = program
    .command('eval')
    .description('execution accuracy by hardness, on PostgreSQL')
    .addOption(
      new Option('--split <name>', 'which questions to ask a model').choices(evaluationSplitSchema.options),
    )
    .addOption(
      new Option(
        '--predictions <file>',
        'lines {id, dbId, predictedSql, goldSql} to judge on Spider instead',
      ).conflicts(['split', 'model', 'endpoint', 'mode', 'candidates', 'db', 'resume']),
    );
  addSplitOptions(command)
    .option('--limit <n>', 'only the first N questions', wholeNumber(1, 1_000_000))
    .addOption(
      new Option(
        '--test-suite [n]',
        'hold what is right to N generated fillings of each database besides, 6 by default',
      )
        .argParser(wholeNumber(1, 100))
        .preset('6'),
    )
    .addOption(
      new Option('--timeout-ms <n>', 'for each predicted statement, 5000 by default')
        .argParser(wholeNumber(1, 3_600_000))
        .conflicts('split'),
    )
    .option('--data-dir <folder>', 'with --predictions: holds raw/ and cache/', projectDataDir)
    .option('--out <file>', 'write the whole report there as JSON')
    .addOption(new Option('--html <file>', 'write the report there as one page').conflicts('predictions'))
    .option('--json', 'print the report as JSON')
    .action((flags: EvalFlags) => evaluate(flags, context));
  registerEvalCompare(command, context);
}

function addSplitOptions(command: Command): Command {
  return addModelOptions(command)
    .option('--db <name>', 'only the questions on this database')
    .addOption(
      new Option('--mode <name>', 'how statements are written; voted by default, as in the app').choices(
        evaluationModeSchema.options,
      ),
    )
    .option('--candidates <n>', 'how many statements vote', wholeNumber(1, 16))
    .option('--resume <file>', 'go on with a run: the questions of this report are not asked again');
}

async function evaluate({ split, predictions, ...flags }: EvalFlags, context: CliContext): Promise<void> {
  if (predictions !== undefined) return judgePredictionFile({ ...flags, predictions }, context);
  if (split !== undefined) return measureSplit({ ...flags, split }, context);
  throw new AppError('INVALID_INPUT', 'Nothing says what to evaluate.', {
    hint: 'Give --split demo, or --predictions FILE.jsonl.',
  });
}
