import { AppError } from '../../../contract/index.ts';
import { quote, type RunResult, type SshConnection } from './connection.ts';

const fullDisk = /no space left on device|disk quota exceeded|ENOSPC|EDQUOT|disk is full/i;

/** What a program over there said when it failed. @param neededBytes what was to be written still */
export async function describeRemoteFailure(
  connection: SshConnection,
  { code, stderr }: Pick<RunResult, 'code' | 'stderr'>,
  folder: string,
  neededBytes: number | undefined,
  signal: AbortSignal,
): Promise<AppError> {
  if (fullDisk.test(stderr)) return fullDiskError(connection, folder, neededBytes, signal);
  const why = stderr.trim().split('\n').at(-1) ?? `exit ${code ?? 'by a signal'}`;
  const { host } = connection.place;
  if (/permission denied|read-only file system/i.test(stderr)) {
    return new AppError('PERMISSION_DENIED', `${host} does not let the app write there: ${why}`, {
      hint: 'Choose another folder in the host’s settings.',
    });
  }
  return new AppError('TRAINER_FAILED', `${host} could not take a file: ${why}`, {
    hint: 'Look at its disk and its rights there.',
  });
}

/** DISK_FULL with the figures of that disk. */
export async function fullDiskError(
  connection: SshConnection,
  folder: string,
  neededBytes: number | undefined,
  signal: AbortSignal,
): Promise<AppError> {
  const { host } = connection.place;
  const disk = await measureDisk(connection, folder, signal);
  const needed = neededBytes === undefined ? '' : ` ${formatBytes(neededBytes)} are needed.`;
  const free = `${formatBytes(disk.freeBytes)} of ${formatBytes(disk.totalBytes)} are free`;
  return new AppError('DISK_FULL', `The disk of ${host} is full: ${free} at ${disk.mount}.${needed}`, {
    hint: 'Free some space there, or choose another folder in the host’s settings; what was brought stays.',
    details: {
      ...{ host, folder, mount: disk.mount, freeBytes: disk.freeBytes, totalBytes: disk.totalBytes },
      ...(neededBytes !== undefined && { neededBytes }),
    },
  });
}

export interface RemoteDisk {
  /** Where it is mounted. */
  mount: string;
  totalBytes: number;
  freeBytes: number;
}

/** The disk that a folder would lie on; the folder need not be there yet. */
export async function measureDisk(
  connection: SshConnection,
  folder: string,
  signal: AbortSignal,
): Promise<RemoteDisk> {
  const script = `d=${quote(folder)}; until test -d "$d"; do d=$(dirname -- "$d"); done; df -Pk -- "$d"`;
  const { stdout } = await connection.run(script, { signal });
  // Filesystem, blocks of 1024 bytes, used, available, capacity, mounted on (which may hold spaces).
  const fields = /^.*?\s(\d+)\s+(\d+)\s+(\d+)\s+\S+\s+(.*)$/.exec(stdout.trim().split('\n').at(-1) ?? '');
  const [, total = '0', , free = '0', mount = folder] = fields ?? [];
  return { mount, totalBytes: Number(total) * 1024, freeBytes: Number(free) * 1024 };
}

/** `1.5 GB`: powers of 1000, as df -H and shops count. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
