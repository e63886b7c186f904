import { AppError } from '../contract/index.ts';

/**
 * A secret that a flag names by the environment variable which holds it: every user of the machine can read a command line.
 * @throws AppError INVALID_INPUT where the variable is not set
 */
export function readSecretFrom(
  variable: string | undefined,
  env: Record<string, string | undefined> = process.env,
): string | undefined {
  if (variable === undefined) return undefined;
  const secret = env[variable];
  if (secret !== undefined) return secret;
  throw new AppError('INVALID_INPUT', `The environment variable ${variable} is not set.`, {
    hint: 'Put the secret into it for this command only.',
  });
}
