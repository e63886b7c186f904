import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { AppError, type TrainingBase, type TrainingTarget } from '../../contract/index.ts';
import type { TargetForm } from '../data/index.ts';

export interface BaseFolders {
  /** The starter's weights as a transformers folder. */
  starterBase: string;
  /** Base models that the app downloaded: `OWNER/NAME` below it. */
  baseModels: string;
}

export interface ResolvedBase {
  /** On this machine; absent from scratch, on the target, or where the place downloads it. */
  folder?: string;
  /** What the recipe says where there is no folder here: a hub id, or a path of the target. */
  reference?: string;
  revision?: string;
  targetForm: TargetForm;
  license?: string;
  attribution?: string;
}

/** Where a base is, and what it is trained to write. @throws AppError MODEL_MISSING */
export function resolveBase(base: TrainingBase, target: TrainingTarget, folders: BaseFolders): ResolvedBase {
  if (base.kind === 'scratch') return { targetForm: 'sketch', license: '' };
  if (base.kind === 'starter') return { ...expectFolder(folders.starterBase), ...starterFacts };
  if (base.kind === 'folder') {
    return base.onTarget
      ? { reference: base.path, targetForm: 'sql' }
      : { ...expectFolder(base.path), targetForm: targetFormOf(base.path) };
  }
  const folder = join(folders.baseModels, ...base.id.split('/'));
  const origin = { attribution: `Fine-tuned from ${base.id}.` };
  const revision = base.revision === undefined ? {} : { revision: base.revision };
  // The notebook downloads it itself, so that it need not pass through this machine.
  if (target.kind === 'colab') return { reference: base.id, ...revision, targetForm: 'sql', ...origin };
  if (!existsSync(join(folder, 'config.json'))) throw notDownloaded(base.id);
  return { folder, targetForm: targetFormOf(folder), ...origin };
}

const starterFacts = {
  targetForm: 'sketch',
  license: 'cc-by-sa-4.0',
  attribution:
    'Fine-tuned from the starter model of SQL Codegen Studio, which was trained on generated questions and on Spider (Yu et al. 2018, CC BY-SA 4.0), train split only.',
} as const;

function expectFolder(folder: string): { folder: string } {
  if (existsSync(join(folder, 'config.json'))) return { folder };
  throw new AppError('MODEL_MISSING', `There is no transformers model at ${folder}.`, {
    hint: 'Choose the folder that holds its config.json.',
  });
}

function notDownloaded(id: string): AppError {
  return new AppError('MODEL_MISSING', `${id} is not on this machine.`, {
    hint: 'Download it on the Models page, or choose a folder.',
  });
}

const configSchema = z.looseObject({ sqlcodegen_target_form: z.enum(['sketch', 'sql']).optional() });

/** A model that was fine-tuned from the starter says so in its config.json; any other writes SQL. */
function targetFormOf(folder: string): TargetForm {
  try {
    const config = configSchema.parse(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')));
    return config.sqlcodegen_target_form ?? 'sql';
  } catch {
    return 'sql';
  }
}

/** In a list. */
export function titleOf(base: TrainingBase): string {
  if (base.kind === 'starter') return 'Starter';
  if (base.kind === 'scratch') return 'A new model, from scratch';
  return base.kind === 'hub' ? base.id : basename(base.path);
}
