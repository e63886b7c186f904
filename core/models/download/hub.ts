import { z } from 'zod';
import { AppError } from '../../contract/index.ts';
import { explainStatus } from './explain-status.ts';
import { openResponse } from './open-response.ts';

/** A place that speaks the Hugging Face hub's API. */
export interface Hub {
  /** Without a slash at its end. */
  endpoint: string;
  token: string | undefined;
}

/** HF_ENDPOINT, else the hub itself. @throws AppError INVALID_INPUT */
export function locateHub(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env['HF_ENDPOINT']?.trim().replace(/\/+$/, '');
  if (!chosen) return 'https://huggingface.co';
  if (/^https?:$/.test(URL.parse(chosen)?.protocol ?? '')) return chosen;
  throw new AppError('INVALID_INPUT', `HF_ENDPOINT is no web address: ${chosen}.`, {
    hint: 'Set it to something like https://huggingface.co, or unset it.',
  });
}

const fileSchema = z.looseObject({
  rfilename: z.string(),
  size: z.number().optional(),
  /** How git names its content; of a large file, of its pointer. */
  blobId: z.string().optional(),
  lfs: z.looseObject({ sha256: z.string(), size: z.number() }).nullish(),
});

const repositorySchema = z.looseObject({
  sha: z.string().regex(/^[\w.-]+$/),
  gated: z.union([z.boolean(), z.string()]).optional(),
  siblings: z.array(fileSchema).default([]),
  cardData: z.looseObject({ license: z.unknown() }).nullish(),
  tags: z.array(z.string()).optional(),
  config: z.looseObject({ architectures: z.array(z.string()).optional() }).nullish(),
});

export interface HubFile {
  /** Its path in the repository. */
  file: string;
  sizeBytes: number;
  sha256?: string | undefined;
  gitSha1?: string | undefined;
}

export interface HubRepositoryFacts {
  id: string;
  /** The commit. */
  revision: string;
  licence: string | undefined;
  gated: boolean;
  architecture: string | undefined;
  files: HubFile[];
}

/** @throws AppError NOT_FOUND, AUTH_FAILED, REMOTE_UNREACHABLE, PERMISSION_DENIED (offline) */
export async function readRepository(
  hub: Hub,
  { id, revision = 'main' }: { id: string; revision?: string | undefined },
  signal: AbortSignal,
): Promise<HubRepositoryFacts> {
  const url = `${hub.endpoint}/api/models/${id}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const found = repositorySchema.safeParse(await askHub(hub, url, { id, revision }, signal));
  if (!found.success) throw notTheHub(hub, found.error);
  const { sha, gated = false, siblings, config } = found.data;
  return {
    ...{ id, revision: sha, licence: licenceOf(found.data), gated: gated !== false },
    architecture: config?.architectures?.[0],
    files: siblings.map(describeFile),
  };
}

export function addressOf({ endpoint }: Hub, id: string, revision: string, file: string): string {
  const path = file.split('/').map(encodeURIComponent).join('/');
  return `${endpoint}/${id}/resolve/${encodeURIComponent(revision)}/${path}`;
}

const timeoutMs = 30_000;

async function askHub(
  hub: Hub,
  url: string,
  what: { id: string; revision: string },
  signal: AbortSignal,
): Promise<unknown> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const request = { url, headers: { accept: 'application/json' }, token: hub.token };
  try {
    const { response } = await openResponse({ ...request, initiator: what.id, signal: limited });
    if (response.ok)
      return await response.json().catch((cause: unknown) => Promise.reject(notTheHub(hub, cause)));
    await response.body?.cancel();
    throw explainAnswer(hub, response.status, url, what);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AppError) throw error;
    throw new AppError('REMOTE_UNREACHABLE', `${new URL(url).host} does not answer.`, {
      hint: 'Check the connection to the internet, or set HF_ENDPOINT to a mirror.',
      cause: error,
    });
  }
}

function explainAnswer(
  hub: Hub,
  status: number,
  url: string,
  { id, revision }: { id: string; revision: string },
): AppError {
  const { host } = new URL(hub.endpoint);
  if (status === 404) {
    const where = revision === 'main' ? '' : ` at ${revision}`;
    return new AppError('NOT_FOUND', `${host} has no model ${id}${where}.`, {
      hint: 'Check its name: it is written as owner/name.',
    });
  }
  // The hub answers 401 for what does not exist as well, so that nobody learns what is private.
  if (status === 401 && hub.token === undefined) {
    return new AppError('AUTH_FAILED', `${host} does not show ${id} to everybody, or has no such model.`, {
      hint: 'Check its name; if it is gated or private, give a token (Models, Download, or HF_TOKEN).',
    });
  }
  return explainStatus(status, url, hub.token !== undefined);
}

function notTheHub({ endpoint }: Hub, cause: unknown): AppError {
  return new AppError('REMOTE_UNREACHABLE', `${endpoint} does not answer as the Hugging Face hub does.`, {
    hint: 'Check HF_ENDPOINT; behind a proxy that asks to log in, do that first.',
    cause,
  });
}

function describeFile({ rfilename, size, blobId, lfs }: z.infer<typeof fileSchema>): HubFile {
  const sizeBytes = lfs?.size ?? size ?? 0;
  if (lfs) return { file: rfilename, sizeBytes, sha256: lfs.sha256.toLowerCase() };
  return { file: rfilename, sizeBytes, ...(blobId ? { gitSha1: blobId } : {}) };
}

function licenceOf({ cardData, tags }: z.infer<typeof repositorySchema>): string | undefined {
  const said = cardData?.license;
  if (typeof said === 'string') return said;
  return tags?.find((tag) => tag.startsWith('license:'))?.slice('license:'.length);
}
