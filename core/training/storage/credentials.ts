import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../contract/index.ts';
import { fetchOutbound } from '../../network/index.ts';

/** Headers that prove who asks; `forget` reads the credential anew, after it was refused. */
export interface Credentials {
  headersFor(url: string): Promise<Record<string, string>>;
  forget(): void;
}

/** An emulator asks nobody who they are. */
export const noCredentials: Credentials = { headersFor: async () => ({}), forget: () => undefined };

/**
 * Google's own library reads the credential and renews its tokens; what it sends passes the gate. Its transfers are not
 * used: they open sockets by themselves, past the gate, and do not go on after the app was closed.
 * @param keyPath a service account's key file; absent: application default credentials (`gcloud`)
 */
export function openCredentials(keyPath: string | undefined, initiator: string): Credentials {
  let opened: Promise<GoogleAuthLike> | undefined;
  return {
    headersFor: async (url) => {
      opened ??= openAuth(keyPath, initiator);
      try {
        return Object.fromEntries((await (await opened).getRequestHeaders(url)).entries());
      } catch (error) {
        opened = undefined;
        throw explainAuthError(error);
      }
    },
    forget: () => (opened = undefined),
  };
}

interface GoogleAuthLike {
  getRequestHeaders(url: string): Promise<Headers>;
}

async function openAuth(keyPath: string | undefined, initiator: string): Promise<GoogleAuthLike> {
  checkCredentialFile(keyPath);
  const { Storage } = await import('@google-cloud/storage');
  const fetchImplementation = async (input: string | URL | Request, init: RequestInit = {}) =>
    fetchOutbound(input instanceof Request ? input.url : String(input), init, {
      purpose: 'storage',
      initiator,
    });
  const clientOptions = { transporterOptions: { fetchImplementation } };
  const storage = new Storage({ ...(keyPath && { keyFilename: keyPath }), clientOptions });
  return storage.authClient;
}

/**
 * Says before anything is begun that nobody is signed in; whether Google takes the credential is seen when it is used.
 * @throws AppError AUTH_FAILED
 */
export function expectSignIn(keyPath: string | undefined): void {
  // An emulator asks nobody who they are.
  if (process.env.STORAGE_EMULATOR_HOST === undefined) checkCredentialFile(keyPath);
}

/** Looked for here rather than left to the library, which would ask a metadata server, past the gate, where there is no file. */
function checkCredentialFile(keyPath: string | undefined): void {
  const configDir =
    process.env.CLOUDSDK_CONFIG ??
    (process.platform === 'win32'
      ? join(process.env.APPDATA ?? homedir(), 'gcloud')
      : join(homedir(), '.config', 'gcloud'));
  const path =
    keyPath ??
    process.env.GOOGLE_APPLICATION_CREDENTIALS ??
    join(configDir, 'application_default_credentials.json');
  if (existsSync(path)) return;
  throw new AppError('AUTH_FAILED', `Nobody is signed in to Google on this machine: there is no ${path}.`, {
    hint: 'Run `gcloud auth application-default login`: what waits for it goes on by itself. Or choose a key file in the step “Where”; GOOGLE_APPLICATION_CREDENTIALS counts only where it is set before the app is started.',
  });
}

function explainAuthError(error: unknown): unknown {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof AppError) return cause;
  }
  const { message, status } = error as Error & { status?: number };
  if (status === undefined && /fetch failed|ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT/.test(message)) {
    return new AppError('REMOTE_UNREACHABLE', `Google's sign-in does not answer: ${message}`, {
      cause: error,
    });
  }
  if (status !== undefined && status >= 500) {
    return new AppError('REMOTE_UNREACHABLE', `Google's sign-in answered HTTP ${status}.`, { cause: error });
  }
  return expiredError(message, error);
}

/** The one sentence for a credential that is no longer taken. */
export function expiredError(reason: string, cause?: unknown): AppError {
  return new AppError('AUTH_FAILED', `Google does not accept the sign-in any more: ${reason}`, {
    hint: 'Run `gcloud auth application-default login` again, or renew the key file. It goes on by itself then.',
    cause,
  });
}
