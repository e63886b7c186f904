import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import { AppError, createRowWriter } from '../../contract/index.ts';
import type { ExportRequest } from '../../contract/index.ts';
import type { ResultCursor } from './result-cursor.ts';

export interface Exports {
  /** Keeps a checked request for a minute. @returns the id that begins it, once */
  prepare(request: ExportRequest): string;
  /** Throws NOT_FOUND for an id that was used or is too old, else as reading does. */
  stream(
    exportId: string,
    signal: AbortSignal,
  ): AsyncIterable<{ text: string; rows: number; fileName: string }>;
  /** Writes aside and renames at the end; what was begun is deleted when it fails. Throws DISK_FULL as well. */
  toFile(
    exportId: string,
    path: string,
    signal: AbortSignal,
  ): AsyncIterable<{ rows: number; bytes: number; done: boolean }>;
}

type OpenCursor = (request: ExportRequest, firstRows: number, signal: AbortSignal) => Promise<ResultCursor>;

const keptMs = 60_000;
const mostKept = 50;
const rowsPerPart = 1_000;
const progressMs = 200;

export function createExports(openCursor: OpenCursor): Exports {
  const kept = new Map<string, { request: ExportRequest; until: number }>();

  const take = (exportId: string): ExportRequest => {
    const entry = kept.get(exportId);
    kept.delete(exportId);
    if (entry !== undefined && entry.until > Date.now()) return entry.request;
    throw new AppError('NOT_FOUND', 'This export was begun already, or waited too long.', {
      hint: 'Export the result again.',
    });
  };

  async function* write(request: ExportRequest, signal: AbortSignal) {
    const cursor = await openCursor(request, rowsPerPart, signal);
    try {
      const writer = createRowWriter(request.format, cursor.columns, request);
      let rows = 0;
      let page = cursor.first;
      let text = writer.head;
      while (page.rows.length > 0) {
        for (const cells of page.rows) text += writer.row(cells, rows++);
        yield { text, rows };
        text = '';
        if (page.total !== undefined) break;
        page = await cursor.fetch(rows, rowsPerPart, signal);
      }
      yield { text: text + writer.tail, rows };
    } finally {
      await cursor.close();
    }
  }

  return {
    prepare(request) {
      const now = Date.now();
      for (const [id, { until }] of kept) if (until <= now) kept.delete(id);
      if (kept.size >= mostKept) kept.delete(kept.keys().next().value ?? '');
      const id = randomUUID();
      kept.set(id, { request, until: now + keptMs });
      return id;
    },
    async *stream(exportId, signal) {
      const request = take(exportId);
      for await (const part of write(request, signal)) yield { ...part, fileName: request.fileName };
    },
    async *toFile(exportId, path, signal) {
      const request = take(exportId);
      const aside = `${path}.${exportId.slice(0, 8)}.part`;
      const file = await openAside(aside, path);
      let isDone = false;
      try {
        let [rows, bytes, toldAt] = [0, 0, 0];
        for await (const part of write(request, signal)) {
          signal.throwIfAborted();
          bytes += await append(file, part.text);
          rows = part.rows;
          if (performance.now() - toldAt < progressMs) continue;
          toldAt = performance.now();
          yield { rows, bytes, done: false };
        }
        signal.throwIfAborted();
        await file.sync();
        await file.close();
        await rename(aside, path);
        isDone = true;
        yield { rows, bytes, done: true };
      } catch (error) {
        throw explainFileError(error, path);
      } finally {
        await file.close().catch(() => undefined);
        if (!isDone) await rm(aside, { force: true });
      }
    },
  };
}

async function openAside(aside: string, path: string): Promise<FileHandle> {
  if (!isAbsolute(path)) {
    throw new AppError('INVALID_INPUT', 'The file is not named by its full path.', {
      hint: 'Choose a place in the dialog.',
    });
  }
  try {
    return await open(aside, 'wx', 0o600);
  } catch (error) {
    throw explainFileError(error, path);
  }
}

async function append(file: FileHandle, text: string): Promise<number> {
  const bytes = Buffer.from(text, 'utf8');
  for (let written = 0; written < bytes.byteLength;) {
    written += (await file.write(bytes, written)).bytesWritten;
  }
  return bytes.byteLength;
}

function explainFileError(error: unknown, path: string): unknown {
  const code = error instanceof AppError ? undefined : (error as NodeJS.ErrnoException).code;
  const cause = error;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('DISK_FULL', `The disk of ${dirname(path)} is full; nothing was kept of the file.`, {
      hint: 'Free some room, or choose another place.',
      cause,
    });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOENT' || code === 'EISDIR') {
    return new AppError('INVALID_INPUT', `${path} cannot be written (${code}).`, {
      hint: 'Choose another place.',
      cause,
    });
  }
  return error;
}
