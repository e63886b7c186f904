import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AnyAuthMethod, type AuthHandlerMiddleware } from 'ssh2';
import { AppError, type SshAuth } from '../../../contract/index.ts';

export interface SshCredentials {
  user: string;
  auth: SshAuth;
  /** Password, or the key's passphrase. */
  secret?: string | undefined;
}

/**
 * What is tried, in this order; nothing else is. @throws AppError AUTH_FAILED where a key or the agent cannot be used,
 * before anything is sent
 */
export async function prepareAuthentication(credentials: SshCredentials): Promise<AuthHandlerMiddleware> {
  const methods = await listMethods(credentials);
  return (_left, _partial, next) => {
    const method = methods.shift();
    // false: there is nothing more to try. The types of ssh2 lack it.
    next(method ?? (false as unknown as AnyAuthMethod));
  };
}

async function listMethods({ user: username, auth, secret }: SshCredentials): Promise<AnyAuthMethod[]> {
  if (auth.kind === 'agent') return [{ type: 'agent', username, agent: findAgent() }];
  if (auth.kind === 'key') {
    return [{ type: 'publickey', username, key: await readKey(auth.keyPath, secret) }];
  }
  if (!secret) {
    throw new AppError('AUTH_FAILED', `No password is kept for ${username}.`, {
      hint: 'Open the host under Training and type it again.',
    });
  }
  return [
    { type: 'password', username, password: secret },
    {
      type: 'keyboard-interactive',
      username,
      // Only what is not shown while it is typed is a password; a second question is one that we cannot answer.
      prompt: (_name, _instructions, _language, prompts, finish) =>
        finish(prompts.map(({ echo }, index) => (index === 0 && !echo ? secret : ''))),
    },
  ];
}

function findAgent(): string {
  const agent =
    process.env.SSH_AUTH_SOCK ??
    (process.platform === 'win32' ? String.raw`\\.\pipe\openssh-ssh-agent` : undefined);
  if (agent) return agent;
  throw new AppError('AUTH_FAILED', 'No SSH agent runs for this app (SSH_AUTH_SOCK is not set).', {
    hint: 'Start the app from a session that has an agent, or choose a key file.',
  });
}

async function readKey(keyPath: string, passphrase: string | undefined) {
  const file = expandHome(keyPath);
  const text = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'There is no file' : 'The app may not read';
    throw new AppError('AUTH_FAILED', `${why} ${file}.`, {
      hint: 'Choose the private key, the file without .pub.',
      cause: error,
    });
  });
  const key = ssh2.utils.parseKey(text, passphrase || undefined);
  if (key instanceof Error) throw describeKey(file, key, Boolean(passphrase));
  if (key.isPrivateKey()) return key;
  throw new AppError('AUTH_FAILED', `${file} is a public key.`, {
    hint: 'Choose the private key, the file without .pub.',
  });
}

function describeKey(file: string, cause: Error, hasPassphrase: boolean): AppError {
  if (!/passphrase|encrypted|decrypt|integrity|bad|MAC/i.test(cause.message)) {
    return new AppError('AUTH_FAILED', `${file} is no private key that can be read: ${cause.message}`, {
      hint: 'OpenSSH and PEM keys can be used; convert a PuTTY key with puttygen.',
      cause,
    });
  }
  const message = hasPassphrase ? `The passphrase does not open ${file}.` : `${file} asks for a passphrase.`;
  return new AppError('AUTH_FAILED', message, {
    hint: `${hasPassphrase ? 'Type it again' : 'Type its passphrase'}, or add the key to the SSH agent and choose the agent.`,
    cause,
  });
}

/** `~/…` as a shell reads it. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}
