import { Option, type Command } from 'commander';
import { AppError, hubIdSchema, type HubRepository, type ModelDownload } from '../../contract/index.ts';
import type { CliContext } from '../context.ts';
import { followJob } from './follow-job.ts';

interface PullFlags {
  file?: string;
  type?: string;
  folder?: boolean;
  revision?: string;
  sha256?: string;
  name?: string;
  json?: boolean;
}

export function registerModelsPull(models: Command, context: CliContext): void {
  models
    .command('pull')
    .description('downloads a model: resumed where it broke off, held to size and hash')
    .argument('<what>', 'OWNER/NAME of the Hugging Face hub, or the address of a GGUF file')
    .option('--file <name>', 'of the hub: which GGUF file')
    .option('--type <type>', 'of the hub: the GGUF file of this quantization, as Q4_K_M')
    .addOption(
      new Option('--folder', 'of the hub: the whole model, to train on').conflicts([
        'file',
        'type',
        'sha256',
      ]),
    )
    .option('--revision <name>', 'of the hub: a branch, tag or commit (default: main)')
    .option('--sha256 <hash>', 'of an address: what the file must hash to')
    .option('--name <name>', 'of an address: what to call it here, as NAME.gguf')
    .option('--json', 'print JSON')
    .action((what: string, flags: PullFlags) => pull(what, flags, context));
}

async function pull(what: string, flags: PullFlags, context: CliContext): Promise<void> {
  const client = await context.core();
  const wanted = /^https?:\/\//i.test(what)
    ? readAddress(what, flags)
    : await chooseOfHub(what, flags, context);
  const { jobId } = await client['models.download'](wanted);
  const { resultId = '' } = await followJob(jobId, context);
  context.console.out(flags.json ? JSON.stringify({ path: resultId }, null, 2) : resultId);
}

function readAddress(url: string, { sha256, name, file, type, folder }: PullFlags): ModelDownload {
  if (file ?? type ?? folder) {
    throw new AppError('INVALID_INPUT', 'An address names its file itself.', {
      hint: 'Leave --file, --type and --folder out, or give OWNER/NAME.',
    });
  }
  return { kind: 'url', url, ...(sha256 ? { sha256 } : {}), ...(name ? { fileName: name } : {}) };
}

async function chooseOfHub(
  text: string,
  { file, type, folder, revision }: PullFlags,
  { core, signal }: CliContext,
): Promise<ModelDownload> {
  const id = hubIdSchema.safeParse(text);
  if (!id.success) {
    throw new AppError('INVALID_INPUT', `${text} is neither OWNER/NAME nor an address.`, {
      hint: 'Write it as mistralai/Mistral-7B-v0.3, or as https://….',
    });
  }
  const at = { id: id.data, ...(revision ? { revision } : {}) };
  if (folder) return { kind: 'hub-folder', ...at };
  if (file) return { kind: 'hub-file', ...at, file };
  const repository = await (await core())['models.hub'](at, { signal });
  return { kind: 'hub-file', ...at, file: chooseFile(repository, type) };
}

function chooseFile({ id, ggufFiles, folder }: HubRepository, type: string | undefined): string {
  const wanted = type?.toUpperCase();
  const fitting = ggufFiles.filter(({ quantization }) => wanted === undefined || quantization === wanted);
  const [only, ...more] = fitting;
  if (only && more.length === 0) return only.file;
  if (ggufFiles.length === 0) {
    throw new AppError('INVALID_INPUT', `${id} holds no GGUF file.`, {
      hint: folder
        ? 'It is a model to train on: add --folder.'
        : 'Choose a repository whose name ends with -GGUF.',
    });
  }
  const names = ggufFiles.map(({ file, sizeBytes }) => `${file} (${(sizeBytes / 1e9).toFixed(1)} GB)`);
  throw new AppError('INVALID_INPUT', `${id} has ${fitting.length || 'no'} GGUF files that fit.`, {
    hint: `Choose one with --file or --type: ${names.slice(0, 30).join(', ')}.`,
  });
}
