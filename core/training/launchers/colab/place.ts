import { z } from 'zod';
import { AppError } from '../../../contract/index.ts';
import { listObjects, openBucket, readObject, type Bucket } from '../../storage/index.ts';
import { folderNameOf, type LaunchedRun, type ProcessStatus } from '../launcher.ts';

/** Where a run lies in its bucket; the names are those of training/cloud_sync.py. */
export interface CloudPlace {
  bucket: Bucket;
  /** `PREFIX/RUN/` */
  root: string;
}

/** @throws AppError INVALID_INPUT where it is no run for Colab */
export function placeOf(run: LaunchedRun, apiEndpoint: string | undefined): CloudPlace {
  const { id, target } = run;
  if (target.kind !== 'colab') throw new AppError('INVALID_INPUT', `The run ${id} is not one for Colab.`);
  const { projectId, bucketName, prefix, keyPath } = target;
  const bucket = openBucket({ bucketName, projectId, keyPath, apiEndpoint, initiator: `gs://${bucketName}` });
  return { bucket, root: rootOf(prefix, folderNameOf(run)) };
}

export function rootOf(prefix: string, folderName: string): string {
  return [prefix.replace(/^\/+|\/+$/g, ''), folderName, '']
    .filter((part, at) => part !== '' || at === 2)
    .join('/');
}

const heartbeatSchema = z.looseObject({
  sequence: z.number(),
  host: z.string(),
  status: z.looseObject({
    state: z.enum(['none', 'running', 'ended', 'lost']),
    exitCode: z.number().int().optional(),
    signal: z.string().optional(),
  }),
  /** Bytes that the bucket has. */
  eventsBytes: z.number().default(0),
  logBytes: z.number().default(0),
  /** Everything is in the bucket; nothing more will come. */
  done: z.boolean(),
});

export interface Heartbeat {
  status: ProcessStatus;
  host: string;
  eventsBytes: number;
  logBytes: number;
  done: boolean;
  /** Since it was written, by the service's own clock. */
  ageMs: number;
}

/** What the notebook last said; undefined where it has not begun. @throws AppError */
export async function readHeartbeat(
  { bucket, root }: CloudPlace,
  signal: AbortSignal,
): Promise<Heartbeat | undefined> {
  const name = `${root}state/heartbeat.json`;
  const { objects, answeredAt } = await listObjects(bucket, name, signal);
  const about = objects.find((object) => object.name === name);
  const bytes = about && (await readObject(bucket, name, signal));
  if (!about || !bytes) return undefined;
  const { status, ...beat } = heartbeatSchema.parse(JSON.parse(bytes.toString()));
  const { state, exitCode, signal: ended } = status;
  return {
    ...beat,
    status: { state, ...(exitCode === undefined ? {} : { exitCode }), ...(ended ? { signal: ended } : {}) },
    ageMs: Math.max(0, answeredAt - Date.parse(about.updated)),
  };
}
