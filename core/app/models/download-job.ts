import path from 'node:path';
import { z } from 'zod';
import {
  AppError,
  modelDownloadSchema,
  type CoreHandlers,
  type HubAccess,
  type ModelDownload,
  type modelDownloadsContract,
} from '../../contract/index.ts';
import { describeAdapter, inspectModel } from '../../generation/index.ts';
import type { JobContext, Jobs } from '../../jobs/index.ts';
import {
  chooseFolderFiles,
  chooseGgufFiles,
  downloadModel,
  locateBaseModel,
  locateHub,
  nameHubFile,
  readQuantization,
  readRepository,
  type Hub,
} from '../../models/index.ts';
import type { SecretStore } from '../../postgres/index.ts';
import { readProgress } from './download-progress.ts';
import { exists } from './exists.ts';

export interface ModelDownloadDeps {
  dataDir: string;
  jobs: Jobs;
  secrets: SecretStore;
}

const tokenSecret = 'hub-token';

/** Downloads as jobs of the kind `model-download`, and what the hub has. */
export function createModelDownloadHandlers(
  deps: ModelDownloadDeps,
): Pick<CoreHandlers, keyof typeof modelDownloadsContract> {
  const { dataDir, jobs, secrets } = deps;
  const addresses = new Map<string, string>();
  const start = jobs.define<DownloadInput>({
    kind: 'model-download',
    input: downloadInputSchema,
    canResume: true,
    keepsWork: true,
    title: (wanted) => `Download ${nameOf(wanted)}`,
    run: (wanted, context) => download(deps, wanted, addresses.get(context.jobId), context),
  });
  return {
    'models.hubAccess': () => describeAccess(secrets),
    'models.setHubToken': async ({ token }) => {
      await (token === '' ? secrets.remove(tokenSecret) : secrets.set(tokenSecret, token));
      return describeAccess(secrets);
    },
    'models.hub': async (wanted, { signal }) => {
      const repository = await readRepository(await openHub(secrets), wanted, signal);
      const folderFiles = chooseFolderFiles(repository.files);
      const { id, revision, licence, gated, architecture } = repository;
      const ggufFiles = chooseGgufFiles(repository.files).map(async ({ file, sizeBytes }) => {
        const quantization = readQuantization(file);
        const here = await exists(path.join(dataDir, 'models', nameHubFile(file)));
        return { file, sizeBytes, ...(quantization === undefined ? {} : { quantization }), here };
      });
      const sizeBytes = folderFiles.reduce((sum, file) => sum + file.sizeBytes, 0);
      const folder = {
        ...{ files: folderFiles.length, sizeBytes, here: await exists(locateBaseModel(dataDir, id)) },
        ...(architecture === undefined ? {} : { architecture }),
      };
      return {
        ...{ id, revision, gated, ggufFiles: await Promise.all(ggufFiles) },
        ...(licence === undefined ? {} : { licence }),
        ...(folderFiles.length === 0 ? {} : { folder }),
      };
    },
    'models.download': async (wanted) => {
      const { id: jobId } = start(withoutSignature(wanted));
      if (wanted.kind === 'url') addresses.set(jobId, wanted.url);
      return { jobId };
    },
  };
}

/** `shortened`: the address had a query, which is often what allows the download: that is in memory only. */
const downloadInputSchema = modelDownloadSchema.and(z.object({ shortened: z.boolean().optional() }));
type DownloadInput = z.infer<typeof downloadInputSchema>;

function withoutSignature(wanted: ModelDownload): DownloadInput {
  if (wanted.kind !== 'url') return wanted;
  const { origin, pathname } = new URL(wanted.url);
  const url = `${origin}${pathname}`;
  return url === wanted.url ? wanted : { ...wanted, url, shortened: true };
}

/** @param address what the user gave, where the app has not been started anew since */
async function download(
  deps: ModelDownloadDeps,
  { shortened, ...kept }: DownloadInput,
  address: string | undefined,
  context: JobContext,
): Promise<void> {
  const isGone = shortened === true && address === undefined;
  const wanted = kept.kind === 'url' && address !== undefined ? { ...kept, url: address } : kept;
  try {
    await fetchModel(deps, wanted, context);
  } catch (thrown) {
    if (!isGone || context.signal.aborted) throw thrown;
    const { code, message } = AppError.from(thrown);
    throw new AppError(code, message, {
      hint: 'What followed “?” in its address is not kept when the app ends. Download it by its whole address once more: what is here already is gone on with.',
      cause: thrown,
    });
  }
}

async function fetchModel(
  { dataDir, secrets }: ModelDownloadDeps,
  wanted: ModelDownload,
  { signal, report }: JobContext,
): Promise<void> {
  report.log(`From ${wanted.kind === 'url' ? new URL(wanted.url).host : locateHub()}.`);
  const tell = readProgress(report);
  const target = await downloadModel(wanted, {
    dataDir,
    hub: await openHub(secrets),
    checkGguf,
    onProgress: tell,
    onNote: (text) => report.log(text, 'warning'),
    signal,
  });
  report.result(target);
  report.log(`It is at ${target}.`);
}

/** A language model, or a LoRA adapter. */
async function checkGguf(file: string): Promise<void> {
  try {
    await inspectModel(file);
  } catch (error) {
    await describeAdapter(file).catch(() => {
      throw AppError.from(error);
    });
  }
}

async function openHub(secrets: SecretStore): Promise<Hub> {
  const token = process.env['HF_TOKEN']?.trim() || (await secrets.get(tokenSecret));
  return { endpoint: locateHub(), token };
}

async function describeAccess(secrets: SecretStore): Promise<HubAccess> {
  const endpoint = locateHub();
  if (process.env['HF_TOKEN']?.trim()) return { endpoint, token: 'environment' };
  return { endpoint, token: (await secrets.get(tokenSecret)) === undefined ? 'none' : 'kept' };
}

function nameOf(wanted: ModelDownload): string {
  if (wanted.kind === 'hub-folder') return wanted.id;
  if (wanted.kind === 'hub-file') return nameHubFile(wanted.file);
  return wanted.fileName ?? (path.posix.basename(new URL(wanted.url).pathname) || wanted.url);
}
