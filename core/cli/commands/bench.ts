import { Option, type Command } from 'commander';
import { writeFile } from 'node:fs/promises';
import { measureModel, runSoak, type BenchReport, type SoakReport } from '../../app/bench-model.ts';
import { wholeNumber } from '../arguments.ts';
import type { Console } from '../console.ts';
import type { CliContext } from '../context.ts';

interface BenchFlags {
  model?: string;
  rounds?: number;
  threads?: number;
  raw: boolean;
  soak?: number;
  out?: string;
  json?: boolean;
}

export function registerBench(program: Command, context: CliContext): void {
  program
    .command('bench')
    .description("a model's speed on this machine, beside llama.cpp's own loop")
    .option('--model <file>', 'a GGUF file (default: the embedded starter model)')
    .option('--rounds <n>', 'medians are over so many, 9 by default', wholeNumber(1, 1_000))
    .option('--threads <n>', 'for both sides (default: what the app takes)', wholeNumber(1, 256))
    .option('--no-raw', "leave llama.cpp's own loop out")
    .addOption(
      new Option('--soak <n>', 'instead: N questions in a row on demo databases, and what the process holds')
        .argParser(wholeNumber(20, 1_000_000))
        .conflicts(['model', 'rounds', 'threads']),
    )
    .option('--out <file>', 'write the report there as JSON')
    .option('--json', 'print the report as JSON')
    .action((flags: BenchFlags) => (flags.soak === undefined ? bench : soak)(flags, context));
}

async function bench(flags: BenchFlags, { console, signal }: CliContext): Promise<void> {
  const { model, rounds, threads, raw } = flags;
  const report = await measureModel({
    ...{ model, rounds, threads, raw, signal },
    report: (line) => console.progress(line),
  });
  await show(report, formatBench(report), flags, console);
}

async function soak(flags: BenchFlags, { console, signal }: CliContext): Promise<void> {
  const report = await runSoak({
    ...{ questions: flags.soak ?? 0, signal },
    report: (done, total) => console.progress(`${done} of ${total}`),
  });
  await show(report, formatSoak(report), flags, console);
}

async function show(report: object, text: string, flags: BenchFlags, console: Console): Promise<void> {
  const json = JSON.stringify(report, null, 2);
  if (flags.out) await writeFile(flags.out, `${json}\n`);
  console.out(flags.json ? json : text);
}

export function formatBench(report: BenchReport): string {
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  const percent = (part: number | null) => (part === null ? '' : `${Math.round(part * 100)} %`);
  const beside = (own: number, raw: number | null, part: number | null) =>
    raw === null ? whole(own) : `${whole(own)}, llama.cpp alone ${whole(raw)}: ${percent(part)}`;
  const lines: [string, string][] = [
    ['Model', `${report.model}, ${report.device}, ${report.threads} threads, ${report.rounds} rounds`],
    ['Load', `${whole(report.loadMs)} ms`],
    ['Prompt', `${report.promptTokens} tokens`],
    [
      'Prompt tokens a second',
      beside(report.promptTokensPerSecond, report.rawPromptTokensPerSecond, report.promptOfRaw),
    ],
    [
      'Generated tokens a second',
      beside(report.tokensPerSecond, report.rawTokensPerSecond, report.generationOfRaw),
    ],
    ['The same by processor time', percent(report.cpuOfRaw)],
    ['First token, new schema', `${whole(report.firstTokenColdMs)} ms`],
    ['First token, known schema', `${whole(report.firstTokenWarmMs)} ms`],
    ['First token, back from another', `${whole(report.firstTokenReturningMs)} ms`],
    ["The constraint's share", percent(report.constraintShare)],
    [
      'Eight candidates, and one',
      `${whole(report.eightCandidatesMs)} and ${whole(report.oneCandidateMs)} ms: ${report.eightOfOne.toFixed(2)} ×`,
    ],
    ['Peak memory', `${whole(report.peakMemoryBytes / 1024 ** 2)} MiB`],
  ];
  return formatLines(lines);
}

export function formatSoak({ questions, failed, from, to, growth, cancelledMs }: SoakReport): string {
  const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;
  const longest = (list: number[]) =>
    list.length === 0 ? 'none' : `${Math.ceil(list.at(-1) ?? 0)} ms at most, of ${list.length}`;
  return formatLines([
    ['Questions', `${questions}, ${failed} with an error`],
    [
      'Memory',
      `${mebibytes(from.rssBytes)} to ${mebibytes(to.rssBytes)}, growth ${(growth * 100).toFixed(1)} %`,
    ],
    ['Heap', `${mebibytes(from.heapBytes)} to ${mebibytes(to.heapBytes)}`],
    ['Open files', `${from.files ?? 'unknown'} to ${to.files ?? 'unknown'}`],
    ['Handles, sockets among them', `${from.handles} to ${to.handles}, ${from.sockets} to ${to.sockets}`],
    ['Cancelled reading the prompt', longest(cancelledMs.prompt)],
    ['Cancelled writing', longest(cancelledMs.generating)],
    ['Cancelled in pg_sleep', longest(cancelledMs.executing)],
  ]);
}

function formatLines(lines: readonly [string, string][]): string {
  return lines.map(([name, value]) => `${name.padEnd(32)}${value}`).join('\n');
}
