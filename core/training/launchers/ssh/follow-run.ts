import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../contract/index.ts';
import { processStatusSchema, readLaunchAnswer } from '../call-launch.ts';
import type { ProcessStatus } from '../launcher.ts';
import { describeLoss } from './describe-failure.ts';
import { readLines } from './make-environment.ts';
import { runRemotePython, type RemoteLaunch } from './remote-launch.ts';

const messageSchema = z.union([
  z.object({ file: z.enum(['events', 'log']), offset: z.number().int(), data: z.string() }),
  z.object({ heartbeat: z.string() }),
  z.object({ ended: processStatusSchema }),
]);

const files = { events: 'events.jsonl', log: 'trainer.log' } as const;

/** `launch.py watch` says something every five seconds: silence of this length is a lost connection. */
const longestSilenceMs = 30_000;

/**
 * Brings what is new of a run's events and log until its process has ended and all of it is here, over one connection.
 * The files here say how far it came: what is appended is on the disk before more is taken.
 * @throws AppError REMOTE_UNREACHABLE where the connection is lost or silent
 */
export async function followOnce(
  launch: RemoteLaunch,
  remoteDir: string,
  runDir: string,
): Promise<ProcessStatus> {
  const events = await openAppending(join(runDir, files.events), true);
  const log = await openAppending(join(runDir, files.log), false);
  const silence = new AbortController();
  const signal = AbortSignal.any([launch.signal, silence.signal]);
  const timer = setTimeout(() => silence.abort(describeLoss(launch.connection.place)), longestSilenceMs);
  try {
    let ended: ProcessStatus | undefined;
    const take = takeMessages({ events, log }, (status) => (ended = status));
    const args = ['watch', remoteDir, '--events', String(events.size), '--log', String(log.size)];
    await runRemotePython({ ...launch, signal }, 'launch.py', args, async (chunk) => {
      timer.refresh();
      await take(chunk);
    });
    if (ended) return ended;
    throw describeLoss(launch.connection.place);
  } finally {
    clearTimeout(timer);
    await Promise.all([events.handle.close(), log.handle.close()]);
  }
}

interface GrowingFile {
  handle: FileHandle;
  size: number;
}

/** @param wholeLines a half line, left by a machine that lost its power, is cut off: it comes again */
async function openAppending(path: string, wholeLines: boolean): Promise<GrowingFile> {
  const handle = await open(path, 'a+');
  const { size } = await handle.stat();
  const whole = wholeLines ? await findLastLine(handle, size) : size;
  if (whole < size) await handle.truncate(whole);
  return { handle, size: whole };
}

async function findLastLine(handle: FileHandle, size: number): Promise<number> {
  const step = 64 * 1024;
  for (let end = size; end > 0; end -= step) {
    const begin = Math.max(0, end - step);
    const { buffer } = await handle.read(Buffer.alloc(end - begin), 0, end - begin, begin);
    const at = buffer.lastIndexOf('\n');
    if (at >= 0) return begin + at + 1;
  }
  return 0;
}

function takeMessages(
  growing: Record<'events' | 'log', GrowingFile>,
  onEnded: (status: ProcessStatus) => void,
): (chunk: Buffer) => Promise<void> {
  const lines: string[] = [];
  const split = readLines((line) => lines.push(line));
  return async (chunk) => {
    split(chunk);
    for (const line of lines.splice(0)) {
      const message = readLaunchAnswer(line, messageSchema);
      if ('ended' in message) onEnded(message.ended);
      if ('data' in message) await append(growing[message.file], message.offset, message.data);
    }
  };
}

async function append(file: GrowingFile, offset: number, base64: string): Promise<void> {
  if (offset !== file.size) {
    throw new AppError('INTERNAL', `launch.py sent byte ${offset} of a file that has ${file.size} here.`);
  }
  const data = Buffer.from(base64, 'base64');
  await file.handle.appendFile(data);
  file.size += data.length;
}
