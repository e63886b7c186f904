import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../contract/index.ts';
import type { LaunchedRun } from '../launcher.ts';
import { quote } from './connection.ts';
import type { RemoteLaunch } from './remote-launch.ts';

/** Runs of an earlier version have no uuid: two of them are told apart by when they were made. */
const identitySchema = z.object({ uuid: z.string().optional(), createdAt: z.string() });

/**
 * A run's folder over there may be another's of the same name: of another machine on the same account, or of one that was
 * removed here. @throws AppError CONFLICT, before anything of it is touched
 */
export async function expectOwnFolder(
  { connection, signal }: RemoteLaunch,
  remoteDir: string,
  { id, runDir }: LaunchedRun,
): Promise<void> {
  const file = quote(`${remoteDir}/launch.json`);
  const { stdout } = await connection.run(`test ! -f ${file} || cat -- ${file}`, { signal });
  const there = identityOf(stdout);
  const here = identityOf(await readFile(join(runDir, 'launch.json'), 'utf8').catch(() => ''));
  if (!here || !there || (here.uuid === there.uuid && here.createdAt === there.createdAt)) return;
  const { host } = connection.place;
  throw new AppError('CONFLICT', `${remoteDir} on ${host} belongs to another run called ${id}.`, {
    hint: 'It was made on another machine, or was removed here and not there. Nothing of it was changed. Start this run anew: clone it.',
  });
}

function identityOf(text: string): z.infer<typeof identitySchema> | undefined {
  try {
    return identitySchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
