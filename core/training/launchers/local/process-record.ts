import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ProcessStatus } from '../launcher.ts';

/** What launch.py writes down of a process; see training/launch.py. */
const recordSchema = z.looseObject({
  pid: z.number().int(),
  startTicks: z.number().nullable(),
  bootId: z.string(),
  mark: z.string(),
  startedAt: z.string(),
});

const exitSchema = z.looseObject({
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  mark: z.string().optional(),
});

/**
 * The state of a run's process on this machine, read without starting Python, so that a list of runs is cheap.
 * `lost` where its end is not written down: `launch.py status` knows more of that.
 */
export async function readProcess(runDir: string): Promise<ProcessStatus> {
  const record = await readJson(join(runDir, 'process.json'), recordSchema);
  if (!record) return { state: 'none' };
  if (await isAlive(record)) return { state: 'running' };
  const exit = await readJson(join(runDir, 'exit.json'), exitSchema);
  if (!exit || (exit.mark !== undefined && exit.mark !== record.mark)) return { state: 'lost' };
  return {
    state: 'ended',
    ...(exit.exitCode === null ? {} : { exitCode: exit.exitCode }),
    ...(exit.signal === null ? {} : { signal: exit.signal }),
  };
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Process ids are used again: the same one lives only with the same start, in the same boot. */
async function isAlive({ pid, startTicks, bootId }: z.infer<typeof recordSchema>): Promise<boolean> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  if (boot.trim() !== bootId) return false;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the program's name in parentheses, and may hold spaces; the start is the 22nd field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isGone = stat === '' || fields[0] === 'Z' || fields[0] === 'X';
  return !isGone && Number(fields[19]) === startTicks;
}
