import { InvalidArgumentError, Option, type Command } from 'commander';
import { resolve } from 'node:path';
import { writeFile } from 'node:fs/promises';
import {
  AppError,
  evaluationSplitSchema,
  type EvaluationSplit,
  type ModelReport,
  type ModelSpeed,
} from '../../contract/index.ts';
import type { CliContext } from '../context.ts';
import { followJob } from './follow-job.ts';

interface ReportFlags {
  split: EvaluationSplit;
  limit?: number;
  out?: string;
  json?: boolean;
}

export function registerModelsReport(models: Command, context: CliContext): void {
  registerReports(models, context);
  models
    .command('report')
    .description('execution accuracy, tokens a second and memory of several files, side by side')
    .argument('<files...>', 'GGUF files')
    .addOption(
      new Option('--split <split>', 'which questions').choices(evaluationSplitSchema.options).default('demo'),
    )
    .option('--limit <n>', 'only the first so many questions', parseCount)
    .option('--out <file>', 'write it as JSON, too')
    .option('--json', 'print JSON')
    .action((files: string[], flags: ReportFlags) => report(files, flags, context));
  models
    .command('bench')
    .description('tokens a second and memory of one file, measured in a process of its own, and kept')
    .argument('<file>', 'a GGUF file')
    .option('--rounds <n>', 'medians are of so many', parseCount, 3)
    .option('--json', 'print JSON')
    .action(async (file: string, { rounds, json }: { rounds: number; json?: boolean }) => {
      const { core, console, signal } = context;
      const speed = await (await core())['models.bench']({ path: resolve(file), rounds }, { signal });
      console.out(json ? JSON.stringify(speed, null, 2) : formatSpeed(speed));
    });
}

/** Comparisons that were kept, newest first. */
function registerReports(models: Command, { core, console }: CliContext): void {
  models
    .command('reports')
    .description('comparisons that were made, the newest first')
    .option('--show <id>', 'one of them')
    .option('--out <file>', 'with --show: write it as JSON, too')
    .option('--remove <id>', 'forget one')
    .option('--json', 'print JSON')
    .action(async ({ show, out, remove, json }: ReportsFlags) => {
      const client = await core();
      if (remove !== undefined) await client['models.removeReport']({ id: remove });
      const kept = await client['models.reports']({});
      const shown = show === undefined ? undefined : findReport(kept, show);
      if (shown && out !== undefined) {
        await writeFile(out, (await client['models.exportReport']({ id: shown.id })).text);
      }
      if (json === true) return console.out(JSON.stringify(shown ?? kept, null, 2));
      if (shown) return console.out(formatReport(shown));
      console.out(kept.length === 0 ? 'No comparisons yet.' : kept.map(describeReport).join('\n'));
    });
}

interface ReportsFlags {
  show?: string;
  out?: string;
  remove?: string;
  json?: boolean;
}

function findReport(reports: readonly ModelReport[], id: string): ModelReport {
  const report = reports.find((one) => one.id === id);
  if (report) return report;
  throw new AppError('NOT_FOUND', `There is no comparison ${id}.`, {
    hint: '`sqlcodegen models reports` lists them.',
  });
}

function describeReport({ id, state, createdAt, request, rows }: ModelReport): string {
  return `${id}  ${createdAt}  ${state}, ${request.split}: ${rows.map(({ name }) => name).join(', ')}`;
}

function parseCount(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number, 1 or more.');
}

async function report(files: string[], flags: ReportFlags, context: CliContext): Promise<void> {
  const client = await context.core();
  const { split, limit } = flags;
  const paths = files.map((file) => resolve(file));
  const asked = { paths, split, ...(limit === undefined ? {} : { limit }) };
  const { id, jobId } = await client['models.startReport'](asked);
  await followJob(jobId, context);
  const measured = (await client['models.reports']({})).find((each) => each.id === id);
  if (!measured) throw new AppError('INTERNAL', 'The comparison was not kept.');
  const { text } = await client['models.exportReport']({ id });
  if (flags.out) await writeFile(flags.out, text);
  context.console.out(flags.json ? text.trimEnd() : formatReport(measured));
}

export function formatReport({ request, rows }: ModelReport): string {
  const asked = request.limit === undefined ? '' : `, first ${request.limit} questions`;
  const lines = rows.map(({ name, quantization, sizeBytes, execution, speed, error }) =>
    [
      quantization.replace(/^MOSTLY_/, '').padEnd(8),
      megabytes(sizeBytes).padStart(11),
      (typeof execution?.share !== 'number' ? '' : `${(100 * execution.share).toFixed(1)} %`).padStart(9),
      (execution ? `${execution.count} of ${execution.n}` : '').padStart(12),
      (speed ? speed.tokensPerSecond.toFixed(1) : '').padStart(11),
      (speed ? megabytes(speed.memoryBytes + (speed.gpuMemoryBytes ?? 0)) : '').padStart(11),
      `  ${name}${error ? `: ${error.message}` : ''}`,
    ].join(' '),
  );
  return [
    `Execution accuracy on ${request.split}${asked}`,
    'type            size  accuracy        right    tokens/s      memory  model',
    ...lines,
  ].join('\n');
}

function formatSpeed(speed: ModelSpeed): string {
  const { device, threads, gpuLayers, layers, loadMs, gpuMemoryBytes } = speed;
  const where = device === 'cpu' ? `cpu, ${threads} threads` : `${device}, ${gpuLayers} of ${layers} layers`;
  const lines = [
    ['Runs on', where],
    ['Load', `${Math.round(loadMs)} ms`],
    ['Prompt tokens a second', speed.promptTokensPerSecond.toFixed(1)],
    ['Generated tokens a second', speed.tokensPerSecond.toFixed(1)],
    ['Memory', `${megabytes(speed.memoryBytes)}, reckoned ${formatReckoned(speed)}`],
    ...(gpuMemoryBytes === undefined ? [] : [['Memory of the GPU', megabytes(gpuMemoryBytes)]]),
  ];
  return lines.map(([name = '', value = '']) => `${name.padEnd(28)}${value}`).join('\n');
}

/** With how far it was off. On a GPU it holds what lies there. */
function formatReckoned({ estimatedBytes, memoryBytes, gpuMemoryBytes = 0 }: ModelSpeed): string {
  const off = estimatedBytes / (memoryBytes + gpuMemoryBytes) - 1;
  return `${megabytes(estimatedBytes)} (${off < 0 ? '' : '+'}${(100 * off).toFixed(1)} %)`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
