import { InvalidArgumentError } from 'commander';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  AppError,
  trainingDraftSchema,
  type CoreClient,
  type TrainingDraft,
  type TrainingTarget,
} from '../../contract/index.ts';
import { findHost } from './train-hosts.ts';

/** Those that stand at `train`. */
export interface DraftFlags {
  draft?: string;
  target?: TargetFlag;
  python?: string;
}

/** `local`, `ssh:HOST`, `colab`, `colab:PROJECT/BUCKET`; a host by its name or id. */
export type TargetFlag =
  | { kind: 'local' }
  | { kind: 'ssh'; host: string }
  | { kind: 'colab'; projectId?: string; bucketName?: string };

export function parseTarget(text: string): TargetFlag {
  if (text === 'local' || text === 'colab') return { kind: text };
  if (/^ssh:./.test(text)) return { kind: 'ssh', host: text.slice('ssh:'.length) };
  const [, projectId, bucketName] = /^colab:([^/]+)\/(.+)$/.exec(text) ?? [];
  if (projectId && bucketName) return { kind: 'colab', projectId, bucketName };
  throw new InvalidArgumentError('Give local, ssh:HOST, or colab:PROJECT/BUCKET.');
}

/** What the flags name; undefined where they name none. */
export async function resolveTarget(
  flag: TargetFlag | undefined,
  python: string | undefined,
  client: CoreClient,
): Promise<TrainingTarget | undefined> {
  if (!flag || flag.kind === 'local') {
    if (python !== undefined) return { kind: 'local', python };
    return flag && { kind: 'local' };
  }
  if (flag.kind === 'ssh') return { kind: 'ssh', hostId: (await findHost(flag.host, client)).id };
  const { projectId, bucketName } = flag;
  if (projectId === undefined || bucketName === undefined) {
    throw new AppError('INVALID_INPUT', 'Colab needs a project and a bucket.', {
      hint: 'Give --target colab:PROJECT/BUCKET.',
    });
  }
  return { kind: 'colab', projectId, bucketName, prefix: 'sqlcodegen' };
}

/** What `--draft`, `--target` and `--python` name together. @throws AppError INVALID_INPUT, NOT_FOUND */
export async function draftOf(flags: DraftFlags, client: CoreClient): Promise<TrainingDraft> {
  if (flags.draft === undefined) {
    throw new AppError('INVALID_INPUT', 'Give --draft FILE.', {
      hint: 'The wizard’s last step saves one. For a recipe in YAML there is `python -m training.doctor --config FILE`.',
    });
  }
  return readDraft(resolve(flags.draft), await resolveTarget(flags.target, flags.python, client));
}

/** A draft of the wizard, with another target where the flags name one. @throws AppError INVALID_INPUT, NOT_FOUND */
export async function readDraft(file: string, target: TrainingTarget | undefined): Promise<TrainingDraft> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('NOT_FOUND', `${file} cannot be read.`, { hint: 'Check its path.', cause });
  });
  const given = parse(text, file);
  const draft = trainingDraftSchema.safeParse(given);
  if (!draft.success) {
    const [issue] = draft.error.issues;
    throw noDraft(file, [issue?.path.join('.'), issue?.message].filter(Boolean).join(': '));
  }
  const unknown = findUnknown(given, draft.data);
  // A typing error would train with other values than were meant.
  if (unknown !== undefined) throw noDraft(file, `it has no ${unknown}`);
  return target ? { ...draft.data, target } : draft.data;
}

function noDraft(file: string, why: string): AppError {
  return new AppError('INVALID_INPUT', `${file} is no draft: ${why}.`, {
    hint: '`train draft RUN` prints that of a run; the wizard’s last step saves one.',
  });
}

/** The path of a key that the schema does not know: what it read lacks it. */
function findUnknown(given: unknown, read: unknown, path: readonly string[] = []): string | undefined {
  if (typeof given !== 'object' || given === null || typeof read !== 'object' || read === null)
    return undefined;
  for (const [key, value] of Object.entries(given)) {
    const here = [...path, key];
    if (!(key in read)) return here.join('.');
    const found = findUnknown(value, (read as Record<string, unknown>)[key], here);
    if (found !== undefined) return found;
  }
  return undefined;
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('INVALID_INPUT', `${file} is not JSON.`, {
      hint: 'A recipe in YAML is given with --recipe.',
      cause,
    });
  }
}
