import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError, type Lineage, type Promotion, type Promotions } from '../../contract/index.ts';
import type { CliContext } from '../context.ts';
import { nameReason } from '../name-reason.ts';
import { registerGate, registerSets } from './loop-gate.ts';

interface PromoteFlags {
  gate?: string;
  because?: string;
  json?: boolean;
}

/** The closed loop under `train` and `models`, which are there already. */
export function registerLoop(program: Command, context: CliContext): void {
  const group = (name: string) => program.commands.find((command) => command.name() === name);
  const [train, models] = [group('train'), group('models')];
  if (train) {
    registerGate(train, context);
    registerSets(train, context);
  }
  if (models) registerLoopModels(models, context);
}

function registerLoopModels(models: Command, context: CliContext): void {
  const { console } = context;
  models
    .command('promote')
    .description('use a model that a gate found better, or as good')
    .argument('<file>', "a model's file, or a server's address")
    .option('--gate <id>', 'the gate that measured it (default: the newest of this model)')
    .option('--because <reason>', 'use it although the gate is against it, or without one')
    .option('--json', 'print JSON')
    .action(async (file: string, { gate, because, json }: PromoteFlags) => {
      const client = await context.core();
      const path = existsSync(file) ? resolve(file) : file;
      const newest = (await client['loop.gates']({})).find(({ candidate }) => candidate.path === path);
      const gateId = gate ?? newest?.id;
      const promotion = await nameReason(
        client['loop.promote']({
          model: { path },
          ...(gateId !== undefined && { gateId }),
          ...(because !== undefined && { insistBecause: because }),
        }),
      );
      console.out(json === true ? JSON.stringify(promotion, null, 2) : formatPromotion(promotion));
    });
  models
    .command('keep')
    .description('write down that the model in use stays after a gate')
    .argument('<gate>', 'its id, as `train gate` prints it')
    .option('--json', 'print JSON')
    .action(async (gateId: string, { json }: PromoteFlags) => {
      const gate = await (await context.core())['loop.keep']({ gateId });
      const said = `${gate.inUse.name} stays; ${gate.candidate.name} is not used.`;
      console.out(json === true ? JSON.stringify(gate, null, 2) : said);
    });
  models
    .command('promotions')
    .description('which models were in use, the latest first, and what a roll back would use')
    .option('--json', 'print JSON')
    .action(async ({ json }: PromoteFlags) => {
      const promotions = await (await context.core())['loop.promotions']({});
      console.out(json === true ? JSON.stringify(promotions, null, 2) : formatPromotions(promotions));
    });
  models
    .command('rollback')
    .description('use the model again that was in use before the last change')
    .option('--json', 'print JSON')
    .action(async ({ json }: PromoteFlags) => {
      const promotion = await (await context.core())['loop.rollBack']({});
      console.out(json === true ? JSON.stringify(promotion, null, 2) : formatPromotion(promotion));
    });
  models
    .command('lineage')
    .description('from an answer of the history, or a model, back to the run and its examples')
    .argument('<history id or file>')
    .option('--json', 'print JSON')
    .action(async (of: string, { json }: PromoteFlags) => {
      const client = await context.core();
      const isModel = existsSync(of) || /^https?:/.test(of);
      const input = isModel ? { model: { path: existsSync(of) ? resolve(of) : of } } : { historyId: of };
      const lineage = await client['loop.lineage'](input).catch((error: unknown) => {
        if (isModel || AppError.from(error).code !== 'NOT_FOUND') throw error;
        throw new AppError('NOT_FOUND', `There is no file ${of}, and no answer of this id in the history.`);
      });
      console.out(json === true ? JSON.stringify(lineage, null, 2) : formatLineage(lineage));
    });
}

function formatPromotions({ promotions, inUse, previous }: Promotions): string {
  return [
    `In use: ${inUse.name} (${inUse.path})${inUse.changed === true ? ', whose file is another one than when it came into use' : ''}`,
    ...(previous ? [`A roll back uses ${previous.name}${describeFile(previous)}.`] : []),
    ...promotions.map(
      ({ at, kind, from, to, verdict, insistedBecause }) =>
        `${at}  ${kind.replace('-', ' ')}  ${from.name} → ${to.name}` +
        `${verdict === undefined ? '' : `, ${verdict}`}${insistedBecause === undefined ? '' : `, because: ${insistedBecause}`}`,
    ),
  ].join('\n');
}

function describeFile({ missing, changed }: NonNullable<Promotions['previous']>): string {
  if (missing) return ', whose file is gone';
  return changed === true ? ', whose file is another one now' : '';
}

function formatPromotion({ kind, from, to, insistedBecause }: Promotion): string {
  const what = kind === 'rolled-back' ? 'Rolled back to' : 'In use now';
  const why = insistedBecause === undefined ? '' : `\n  against the gate: ${insistedBecause}`;
  return `${what}: ${to.name} (${to.path})\n  before: ${from.name} (${from.path})${why}`;
}

export function formatLineage({ answer, model, run, version, gate, promotion }: Lineage): string {
  const origin = { app: 'came with the app', run: 'trained here', other: 'from elsewhere' }[model.origin];
  return [
    ...(answer ? [`Answer   ${answer.question ?? ''}\n         ${answer.sql.replaceAll(/\s+/g, ' ')}`] : []),
    `Model    ${model.name}, ${origin}${model.path === undefined ? '' : `\n         ${model.path}`}`,
    ...(run ? [`Run      ${run.name} (${run.id})${run.checkpoint ? `, ${run.checkpoint}` : ''}`] : []),
    ...(gate?.report ? [`Gate     ${gate.report.verdict}: ${gate.report.reason}`] : []),
    ...(promotion ? [`Promoted ${promotion.at}`] : []),
    ...(version
      ? [
          `Data     ${version.hash.slice(0, 12)}: ${version.trainExamples} to train on, ${version.validationExamples} held back`,
        ]
      : []),
    ...(version?.sources.map(({ title, trainExamples }) => `         ${title}: ${trainExamples}`) ?? []),
    ...(version?.verified.map(({ question, use }) => `         ${question} (${use})`) ?? []),
  ].join('\n');
}
