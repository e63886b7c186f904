import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../../contract/index.ts';
import { lockDownload } from './download-lock.ts';

const stateSchema = z.object({
  /** What is downloaded, whatever host it comes from. */
  source: z.string(),
  /** A strong ETag, or the date of the last change: what If-Range takes. */
  validator: z.string().optional(),
  totalBytes: z.number().optional(),
});
export type PartialState = z.infer<typeof stateSchema>;

export interface PartialFileOptions {
  target: string;
  /** Told while what an earlier attempt left is read. */
  onRead?: ((bytes: number) => void) | undefined;
  signal: AbortSignal;
}

/** What is there of a file so far: `NAME.part`, with `NAME.part.json` that says of what. */
export class PartialFile {
  /** @throws AppError CONFLICT where it is written already */
  static async open({ target, onRead, signal }: PartialFileOptions): Promise<PartialFile> {
    const unlock = await explainFullDisk(target, async () => {
      await mkdir(path.dirname(target), { recursive: true });
      return lockDownload(target);
    });
    try {
      const file = new PartialFile(target, unlock);
      await file.readEarlier(onRead, signal);
      return file;
    } catch (error) {
      await unlock();
      throw error;
    }
  }

  bytes = 0;
  state: PartialState | undefined;
  private readonly target: string;
  private readonly unlock: () => Promise<void>;
  private handle: FileHandle | undefined;
  private hash: Hash = createHash('sha256');

  private constructor(target: string, unlock: () => Promise<void>) {
    this.target = target;
    this.unlock = unlock;
  }

  get part(): string {
    return `${this.target}.part`;
  }

  /** Goes on with what is there where `keep`, else begins anew; says of what. */
  async begin(state: PartialState, keep: boolean): Promise<void> {
    this.handle ??= await open(this.part, 'a');
    if (!keep) await this.empty();
    this.state = state;
    await explainFullDisk(this.target, async () => {
      await writeFile(`${this.part}.json.new`, JSON.stringify(state));
      await rename(`${this.part}.json.new`, `${this.part}.json`);
    });
  }

  /** @throws AppError DISK_FULL; what came before stays */
  async write(chunk: Uint8Array): Promise<void> {
    await explainFullDisk(this.target, async () => this.handle?.appendFile(chunk));
    this.hash.update(chunk);
    this.bytes += chunk.length;
  }

  sha256(): string {
    return this.hash.copy().digest('hex');
  }

  /** How git names a file of this content: the hub says that of small files. Reads it again. */
  async gitSha1(): Promise<string> {
    const hash = createHash('sha1').update(`blob ${this.bytes}\0`);
    for await (const chunk of createReadStream(this.part)) hash.update(chunk as Buffer);
    return hash.digest('hex');
  }

  /** On disk, without its last name yet. */
  async flush(): Promise<void> {
    this.handle ??= await open(this.part, 'a');
    await explainFullDisk(this.target, async () => this.handle?.sync());
  }

  /** Gives it its name. Call `close` all the same. */
  async finish(): Promise<void> {
    await this.handle?.close();
    this.handle = undefined;
    await rename(this.part, this.target);
    await rm(`${this.part}.json`, { force: true });
  }

  /** Forgets what is there. */
  async discard(): Promise<void> {
    this.handle ??= await open(this.part, 'a');
    await this.empty();
    this.state = undefined;
    await rm(`${this.part}.json`, { force: true });
  }

  /** Lets others have it; what is there stays, but for nothing at all. */
  async close(): Promise<void> {
    await this.handle?.close();
    this.handle = undefined;
    if (this.bytes === 0) {
      await rm(this.part, { force: true });
      await rm(`${this.part}.json`, { force: true });
    }
    await this.unlock();
  }

  private async empty(): Promise<void> {
    await this.handle?.truncate(0);
    [this.bytes, this.hash] = [0, createHash('sha256')];
  }

  private async readEarlier(
    onRead: ((bytes: number) => void) | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    this.state = await readState(`${this.part}.json`);
    if (this.state === undefined) return rm(this.part, { force: true });
    try {
      for await (const chunk of createReadStream(this.part, { signal, highWaterMark: 1 << 20 })) {
        this.hash.update(chunk as Buffer);
        this.bytes += (chunk as Buffer).length;
        onRead?.(this.bytes);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

async function explainFullDisk<T>(target: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new AppError('DISK_FULL', `The disk of ${path.dirname(target)} is full.`, {
      hint: 'What came so far is kept. Free some space there, then resume the download.',
      cause: error,
    });
  }
}

async function readState(file: string): Promise<PartialState | undefined> {
  try {
    return stateSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
