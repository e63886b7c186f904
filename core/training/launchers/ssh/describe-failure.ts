import { AppError } from '../../../contract/index.ts';
import { fingerprintOf, nameInFile, readKeyType, type KnownKey } from './known-hosts.ts';

export interface Place {
  host: string;
  port: number;
}

/** Why a connection was not made or is gone, in the app's words. */
export function describeFailure(error: unknown, { host, port }: Place, user: string): AppError {
  if (error instanceof AppError) return error;
  const { message, code, level } = error as Error & { code?: string; level?: string };
  const at = `${host}:${port}`;
  if (level === 'client-authentication') {
    return new AppError('AUTH_FAILED', `${at} does not let ${user} in with what it was given.`, {
      hint: "Check the user's name, and that its key, agent or password is the right one for this host.",
      cause: error,
    });
  }
  return new AppError(
    'REMOTE_UNREACHABLE',
    `${at} ${reasons[code ?? ''] ?? `does not answer: ${message}.`}`,
    {
      hint: 'Check the name, the port and the network; what runs there goes on meanwhile.',
      details: { host, port },
      cause: error,
    },
  );
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'refuses connections: no SSH server listens there.',
  ENOTFOUND: 'is not known to the name server.',
  EAI_AGAIN: 'cannot be looked up: the name server does not answer.',
  EHOSTUNREACH: 'cannot be reached from here.',
  ENETUNREACH: 'cannot be reached: there is no network.',
  ETIMEDOUT: 'does not answer.',
  ECONNRESET: 'has closed the connection.',
};

/** A connection that was open and is no more. */
export function describeLoss({ host, port }: Place, cause?: unknown): AppError {
  const why = cause instanceof Error ? `: ${cause.message}` : '.';
  return new AppError('REMOTE_UNREACHABLE', `The connection to ${host}:${port} was lost${why}`, {
    hint: 'What runs there goes on; the app connects again by itself.',
    details: { host, port },
    cause,
  });
}

export function unknownKeyError({ host, port }: Place, key: Buffer): AppError {
  return new AppError('PERMISSION_DENIED', `Nobody has agreed to the key of ${host}:${port} yet.`, {
    hint: 'Test the host under Training and compare its fingerprint with what its owner says.',
    details: {
      ...{ reason: 'unknown-key', host, port },
      ...{ keyType: readKeyType(key), fingerprint: fingerprintOf(key) },
    },
  });
}

export function changedKeyError({ host, port }: Place, key: Buffer, expected: KnownKey): AppError {
  const what = expected.revoked ? 'a key that was revoked' : 'another key than the one that is known';
  const forget = `ssh-keygen -R '${nameInFile(host, port)}' -f '${expected.file}'`;
  return new AppError('PERMISSION_DENIED', `${host}:${port} shows ${what}: nothing was sent there.`, {
    hint: `Somebody may be listening in. Only if its owner says that it was installed anew, forget the old key (${expected.file}, line ${expected.line}): ${forget}`,
    details: {
      ...{ reason: 'changed-key', host, port },
      ...{ keyType: readKeyType(key), fingerprint: fingerprintOf(key) },
      ...{ expected: fingerprintOf(expected.key) },
    },
  });
}

/** Whether the machine may answer later without anybody's doing. */
export function isPassing(error: AppError): boolean {
  return error.code === 'REMOTE_UNREACHABLE' || error.details?.reason === 'offline';
}
