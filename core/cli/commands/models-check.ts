import { InvalidArgumentError, type Command } from 'commander';
import { resolve } from 'node:path';
import { AppError, type ParityDifference, type ParityReport } from '../../contract/index.ts';
import type { CliContext } from '../context.ts';

interface CheckFlags {
  cases: string;
  adapter?: string;
  minWrittenShare: number;
  json?: boolean;
}

export function registerModelsCheck(models: Command, context: CliContext): void {
  models
    .command('check')
    .description('holds a GGUF file against the tokens that its trainer read and wrote')
    .argument('<file>', 'a GGUF file')
    .requiredOption('--cases <file>', 'JSON: an array of {"prompt", "tokens", "written"?, "kind"?}')
    .option('--adapter <file>', 'run it with this LoRA adapter, a GGUF file')
    .option(
      '--min-written-share <n>',
      'share of the greedy outputs that must be equal, 0 to 1',
      parseShare,
      1,
    )
    .option('--json', 'print the report as JSON')
    .action((file: string, flags: CheckFlags) => check(file, flags, context));
}

function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError('Give a number from 0 to 1.');
}

async function check(file: string, flags: CheckFlags, context: CliContext): Promise<void> {
  const report = await runCheck(file, flags, context);
  context.console.out(flags.json ? JSON.stringify(report, null, 2) : formatReport(report));
  context.setExitCode(report.passed ? 0 : 1);
}

async function runCheck(file: string, flags: CheckFlags, context: CliContext): Promise<ParityReport> {
  const { cases, adapter, minWrittenShare } = flags;
  const adapterPath = adapter === undefined ? undefined : resolve(adapter);
  const input = { path: resolve(file), casesPath: resolve(cases), adapterPath, minWrittenShare };
  const client = await context.core();
  for await (const item of client['models.check'](input, { signal: context.signal })) {
    if (item.kind === 'report') return item.report;
    context.console.progress(`${item.done} of ${item.total} prompts`);
  }
  throw new AppError('INTERNAL', 'The check ended without a report.');
}

function formatReport(report: ParityReport): string {
  const { prompts, equalTokens, written, equalWritten, minWrittenShare } = report;
  return [
    `${report.passed ? 'Passed' : 'Failed'}: ${report.model}${report.adapter ? ` with ${report.adapter}` : ''}`,
    `  tokens equal     ${equalTokens} of ${prompts} prompts`,
    `  outputs equal    ${equalWritten} of ${written} (wanted: ${(minWrittenShare * 100).toFixed(0)} %)`,
    ...report.firstDifferences.map(formatDifference),
  ].join('\n');
}

function formatDifference({ index, what, at, expected, found }: ParityDifference): string {
  return `  case ${index}, ${what} from ${at}: expected ${expected.join(' ') || 'the end'}, found ${found.join(' ') || 'the end'}`;
}
