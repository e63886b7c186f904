import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError, type ModelDownload, type ModelOrigin } from '../../contract/index.ts';
import { readOrigin, writeOrigin } from '../origin.ts';
import { chooseFolderFiles, isPartOfSeveral } from './choose-files.ts';
import { downloadFile, requireSpace, type DownloadTiming, type FileDownload } from './download-file.ts';
import { addressOf, readRepository, type Hub, type HubFile, type HubRepositoryFacts } from './hub.ts';

export interface ModelDownloadOptions {
  dataDir: string;
  hub: Hub;
  /** Holds a GGUF file to be one that can be run, or an adapter. @throws AppError */
  checkGguf(file: string): Promise<void>;
  /** Bytes of everything so far, and of all. */
  onProgress(done: number, total: number | undefined, file: string): void;
  onNote(text: string): void;
  timing?: DownloadTiming | undefined;
  readFreeBytes?: ((folder: string) => Promise<number>) | undefined;
  signal: AbortSignal;
}

/**
 * Brings a model to this machine; what an earlier attempt left is gone on with, and what is here already is left alone.
 * @returns path of the file or folder
 * @throws AppError as `downloadFile` and `readRepository`, CONFLICT where another file has the name
 */
export async function downloadModel(wanted: ModelDownload, options: ModelDownloadOptions): Promise<string> {
  if (wanted.kind === 'url') return downloadUrl(wanted, options);
  const repository = await readRepository(options.hub, wanted, options.signal);
  return wanted.kind === 'hub-file'
    ? downloadHubFile(wanted.file, repository, options)
    : downloadHubFolder(repository, options);
}

const fileName = /^[\w-][\w. +()-]*\.gguf$/i;

/** The file's name here: without the repository's folders. */
export function nameHubFile(file: string): string {
  return path.posix.basename(file);
}

/** @throws AppError INVALID_INPUT for a name that is none here, or one part of several */
function requireFileName(file: string): string {
  const name = nameHubFile(file);
  if (isPartOfSeveral(name)) {
    throw new AppError('INVALID_INPUT', `${name} is one part of a model that was split into several.`, {
      hint: 'Choose a file that is whole, or join the parts with `llama-gguf-split --merge` and add the result by its path.',
    });
  }
  if (fileName.test(name)) return name;
  throw new AppError('INVALID_INPUT', `${name} cannot be a file’s name here.`, {
    hint: 'Give the address of the file itself, with a name of your own.',
  });
}

/** Where a transformers model of the hub lies. */
export function locateBaseModel(dataDir: string, id: string): string {
  return path.join(dataDir, 'base-models', ...id.split('/'));
}

async function downloadUrl(
  { url, sha256, fileName }: Extract<ModelDownload, { kind: 'url' }>,
  options: ModelDownloadOptions,
): Promise<string> {
  const target = path.join(options.dataDir, 'models', fileName ?? nameOf(url));
  const { origin, pathname } = new URL(url);
  // What follows `?` is often a signature that allows the download: no place keeps it.
  const source = `${origin}${pathname}`;
  if (await isHere(target, (known) => known.url === source && (sha256 ?? known.sha256) === known.sha256)) {
    options.onNote(`${path.basename(target)} is here already.`);
    return target;
  }
  await fetchGguf({ url, source, target, expected: { sha256 }, initiator: source }, options, {
    kind: 'download',
    url: source,
  });
  return target;
}

function nameOf(url: string): string {
  const name = path.posix.basename(decodeURIComponent(new URL(url).pathname));
  if (fileName.test(name)) return name;
  throw new AppError('INVALID_INPUT', 'The address does not end with the name of a GGUF file.', {
    hint: 'Give a name that ends with .gguf, or the address of the file itself.',
  });
}

async function downloadHubFile(
  file: string,
  repository: HubRepositoryFacts,
  options: ModelDownloadOptions,
): Promise<string> {
  const { id, revision, licence } = repository;
  const found = repository.files.find((each) => each.file === file);
  if (!found || !/\.gguf$/i.test(file)) {
    throw new AppError('NOT_FOUND', `${id} has no GGUF file ${file}.`, {
      hint: 'Choose one of the files that the repository lists.',
    });
  }
  const target = path.join(options.dataDir, 'models', requireFileName(file));
  const url = addressOf(options.hub, id, revision, file);
  if (await isHere(target, ({ hubId, sha256 }) => hubId === id && sha256 === found.sha256)) {
    options.onNote(`${path.basename(target)} is here already.`);
    return target;
  }
  const download = { url, target, source: sourceOf(id, found, revision), expected: found };
  await fetchGguf({ ...download, initiator: `${id}/${file}` }, options, {
    ...{ kind: 'download', url, hubId: id, revision },
    ...(licence === undefined ? {} : { licence }),
  });
  return target;
}

type KnownOrigin = Omit<Extract<ModelOrigin, { kind: 'download' }>, 'sha256' | 'verified' | 'createdAt'>;

async function fetchGguf(
  download: Pick<FileDownload, 'url' | 'source' | 'target' | 'expected' | 'initiator'>,
  { hub, timing, onProgress, onNote, checkGguf, readFreeBytes, signal }: ModelDownloadOptions,
  known: KnownOrigin,
): Promise<void> {
  const { target } = download;
  await refuseOther(target);
  const done = await downloadFile({
    ...download,
    token: download.url.startsWith(`${hub.endpoint}/`) ? hub.token : undefined,
    ...{ timing, onNote, readFreeBytes, signal, check: checkMagicAnd(target, checkGguf) },
    onProgress: (bytes, total) => onProgress(bytes, total, path.basename(target)),
  });
  const { sha256, verified } = done;
  await writeOrigin(target, { ...known, sha256, verified, createdAt: new Date().toISOString() });
}

/** A page, a pointer of git LFS or an archive has a name that ends with .gguf now and then. */
function checkMagicAnd(target: string, checkGguf: (file: string) => Promise<void>) {
  return async (part: string): Promise<void> => {
    const handle = await open(part, 'r');
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0).finally(() => handle.close());
    if (buffer.toString('latin1') !== 'GGUF') {
      throw new AppError('MODEL_INCOMPATIBLE', `What came as ${path.basename(target)} is no GGUF file.`, {
        hint: 'Open the address in a browser: it may lead to a page. Give the address of the file itself.',
      });
    }
    await checkGguf(part);
  };
}

async function downloadHubFolder(
  repository: HubRepositoryFacts,
  options: ModelDownloadOptions,
): Promise<string> {
  const { id, revision, licence } = repository;
  const target = locateBaseModel(options.dataDir, id);
  const files = chooseFolderFiles(repository.files);
  if (files.length === 0) throw noFolder(id);
  const listHash = hashList(files);
  if (await isHere(target, ({ sha256 }) => sha256 === listHash)) {
    options.onNote(`${id} is here already.`);
    return target;
  }
  await refuseOther(target);
  // A hidden folder is on no list; it gets its name when all of it is there.
  const aside = path.join(path.dirname(target), `.${path.basename(target)}.part`);
  await fetchFiles(files, aside, repository, options);
  const url = `${options.hub.endpoint}/${id}`;
  await writeOrigin(aside, {
    ...{ kind: 'download', url, hubId: id, revision, sha256: listHash, verified: true },
    ...(licence === undefined ? {} : { licence }),
    createdAt: new Date().toISOString(),
  });
  await rename(aside, target);
  return target;
}

async function fetchFiles(
  files: readonly HubFile[],
  folder: string,
  { id, revision }: HubRepositoryFacts,
  { hub, timing, onProgress, onNote, readFreeBytes, signal }: ModelDownloadOptions,
): Promise<void> {
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  await mkdir(folder, { recursive: true });
  let before = 0;
  const missing: HubFile[] = [];
  for (const file of files) {
    if (await isSame(path.join(folder, file.file), file)) before += file.sizeBytes;
    else missing.push(file);
  }
  await requireSpace(folder, total - before, readFreeBytes);
  for (const file of missing) {
    const name = file.file;
    const done = before;
    await downloadFile({
      url: addressOf(hub, id, revision, name),
      source: sourceOf(id, file, revision),
      target: path.join(folder, name),
      ...{ expected: file, token: hub.token, initiator: `${id}/${name}` },
      ...{ timing, onNote, readFreeBytes, signal },
      onProgress: (bytes) => onProgress(done + bytes, total, name),
    });
    before += file.sizeBytes;
    onProgress(before, total, name);
  }
}

async function isHere(
  target: string,
  isSameSource: (origin: KnownOrigin & { sha256: string }) => boolean,
): Promise<boolean> {
  if (!(await exists(target))) return false;
  const origin = await readOrigin(target);
  return origin?.kind === 'download' && isSameSource(origin);
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** Nothing is overwritten. @throws AppError CONFLICT */
async function refuseOther(target: string): Promise<void> {
  if (!(await exists(target))) return;
  throw new AppError('CONFLICT', `There is another ${path.basename(target)} already.`, {
    hint: 'Delete it on the Models page first, or give this one another name.',
    details: { path: target },
  });
}

/** What an earlier attempt left may be of another revision. */
async function isSame(file: string, { sizeBytes, sha256, gitSha1 }: HubFile): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (found?.size !== sizeBytes) return false;
  const hash = sha256 === undefined ? createHash('sha1').update(`blob ${sizeBytes}\0`) : createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  const same = hash.digest('hex') === (sha256 ?? gitSha1);
  if (!same) await rm(file, { force: true });
  return same;
}

function sourceOf(id: string, { file, sha256, gitSha1 }: HubFile, revision: string): string {
  return `hub:${id}/${file}@${sha256 ?? gitSha1 ?? revision}`;
}

function hashList(files: readonly HubFile[]): string {
  const lines = files.map(({ file, sha256, gitSha1 }) => `${sha256 ?? gitSha1 ?? ''}  ${file}\n`);
  return createHash('sha256').update(lines.toSorted().join('')).digest('hex');
}

function noFolder(id: string): AppError {
  return new AppError('MODEL_INCOMPATIBLE', `${id} holds no transformers model as safetensors.`, {
    hint: 'Training needs config.json and model.safetensors: choose the repository that the GGUF files were made from.',
  });
}
