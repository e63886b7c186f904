import { InvalidArgumentError, type Command } from 'commander';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  AppError,
  evaluationSplitSchema,
  type CoreClient,
  type GateFigures,
  type GateReport,
  type GateRow,
  type GateSet,
  type GateSetInfo,
} from '../../contract/index.ts';
import type { CliContext } from '../context.ts';
import { formatShare } from './eval-format.ts';
import { followJob } from './follow-job.ts';

interface GateFlags {
  set?: GateSet[];
  json?: boolean;
}

/** `train gate`: what a run's page measures after the run. */
export function registerGate(train: Command, context: CliContext): void {
  train
    .command('gate')
    .description('measure a model against the one in use; exit code 1 where it does not speak for it')
    .argument('<run or file>', "a run, whose newest GGUF file is taken, or a model's file")
    .option(
      '--set <set>',
      'verified:CONNECTION, or a split as demo, val or val:200; repeat it (default: what the page suggests)',
      addSet,
    )
    .option('--json', 'print JSON')
    .action(async (target: string, _flags: GateFlags, command: Command) => {
      const { set: sets, json } = command.optsWithGlobals<GateFlags>();
      const client = await context.core();
      const { signal } = context;
      const candidate = await findCandidate(target, client);
      const started = await client['loop.startGate']({ ...candidate, ...(sets && { sets }) }, { signal });
      await followJob(started.jobId, context);
      const gate = await client['loop.gate']({ gateId: started.gateId }, { signal });
      const { report, rows } = gate;
      if (!report) throw new AppError('INTERNAL', 'The measurement ended without a verdict.');
      context.console.out(
        json === true ? JSON.stringify(gate, null, 2) : formatGate({ ...report, rows }, gate.id),
      );
      context.setExitCode(report.verdict === 'better' || report.verdict === 'same' ? 0 : 1);
    });
}

/** `train sets`: what can be asked, in the words of `--set`. */
export function registerSets(train: Command, { core, console, signal }: CliContext): void {
  train
    .command('sets')
    .description('the questions that a gate can ask, as --set takes them')
    .action(async (_flags: unknown, command: Command) => {
      const sets = await (await core())['loop.sets']({}, { signal });
      const isJson = command.optsWithGlobals<GateFlags>().json === true;
      console.out(isJson ? JSON.stringify(sets, null, 2) : sets.map(formatSet).join('\n'));
    });
}

function formatSet({ set, title, questions, important, suggested, missing }: GateSetInfo): string {
  const name = set.kind === 'verified' ? `verified:${set.connectionId}` : set.split;
  const marks = [important ? 'important' : '', suggested ? 'asked by itself' : ''].filter(Boolean).join(', ');
  return `${name}  ${title}: ${missing ? missing.message : `${questions} questions`}${marks && ` (${marks})`}`;
}

function addSet(text: string, before: GateSet[] = []): GateSet[] {
  const connection = /^verified:(.+)$/.exec(text)?.[1];
  if (connection !== undefined) return [...before, { kind: 'verified', connectionId: connection }];
  const [, name, limit] = /^(\w+)(?::([1-9]\d*))?$/.exec(text) ?? [];
  const split = evaluationSplitSchema.safeParse(name);
  if (!split.success)
    throw new InvalidArgumentError('Write verified:CONNECTION, or a split such as demo or val:200.');
  return [
    ...before,
    { kind: 'split', split: split.data, ...(limit !== undefined && { limit: Number(limit) }) },
  ];
}

async function findCandidate(target: string, client: CoreClient) {
  if (existsSync(target)) return { candidate: { path: resolve(target) } };
  const run = (await client['training.list']({})).find(({ id }) => id === target);
  const file = run?.artifacts.findLast(
    ({ kind, here, path }) => kind === 'gguf' && here && !/-adapter-[^/\\]+\.gguf$/i.test(path),
  );
  if (run && file) return { candidate: { path: file.path }, runId: run.id };
  const message = run ? `The run ${target} has no GGUF file here.` : `There is no run and no file ${target}.`;
  throw new AppError('NOT_FOUND', message, {
    hint: run
      ? `Make one with \`sqlcodegen train export ${target}\`.`
      : '`sqlcodegen train list` lists the runs.',
  });
}

/** In points, with the interval of 95 %. */
function formatGain(gain: GateFigures['gain']): string {
  if (!gain || gain.share === null) return '';
  const points = (share: number | null) => `${(share ?? 0) < 0 ? '' : '+'}${(100 * (share ?? 0)).toFixed(1)}`;
  return `, gain ${points(gain.share)} points (${points(gain.low)} to ${points(gain.high)})`;
}

function describeBroken({
  question,
  important,
  goldSql,
  sqlBefore,
  sqlAfter,
  messageAfter,
}: GateRow): string[] {
  const statement = (name: string, sql: string) =>
    `    ${name.padEnd(7)}${sql === '' ? 'no statement' : sql.replaceAll(/\s+/g, ' ')}`;
  return [
    `  ${question}${important ? ' (important)' : ''}`,
    statement('gold', goldSql),
    statement('before', sqlBefore),
    statement('now', sqlAfter),
    ...(messageAfter === undefined ? [] : [`    ${messageAfter}`]),
  ];
}

export function formatGate(
  { verdict, reason, rule, overall, notTrainedOn, sets, cautions, rows }: GateReport,
  id: string,
): string {
  const line = (title: string, { before, after, fixed, broken, p, gain }: GateFigures) =>
    `  ${title}: ${formatShare(before)} → ${formatShare(after)}, fixed ${fixed}, broken ${broken}, p ${p.toFixed(3)}` +
    formatGain(gain);
  const broken = rows
    .filter((row) => row.correctBefore && !row.correctAfter)
    .toSorted((a, b) => Number(b.important) - Number(a.important));
  return [
    `${verdict}: ${reason}`,
    ...sets.map((set) => line(set.title, set)),
    ...(notTrainedOn ? [line('Not trained on', notTrainedOn)] : []),
    line('All', overall),
    ...cautions,
    ...(broken.length > 0 ? ['Broken:'] : []),
    ...broken.flatMap(describeBroken),
    `The rule: ${rule}`,
    `Gate ${id}`,
  ].join('\n');
}
