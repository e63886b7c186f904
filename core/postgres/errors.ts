import pg from 'pg';
import { AppError } from '../contract/index.ts';
import type { ErrorDetails } from '../contract/index.ts';
import { offsetOfCodePoint } from '../sql/index.ts';
import type { DatabaseTarget } from './target.ts';

const unreachableCodes = new Set(['ECONNREFUSED', 'ENOENT', 'EACCES']);
/** The address is known, but nothing answers from there. */
const farCodes = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);

/** What a failed attempt to connect means, with the next step. Certificates and passwords never get into a message. */
export function mapConnectError(error: unknown, target: DatabaseTarget): AppError {
  if (error instanceof AppError) return error;
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  const place = `${target.host}:${target.port}`;
  const options = { cause: error, details: { host: target.host, port: target.port } };
  if (code === '28P01' || /password must be a/.test(message)) {
    const asked = target.password ? 'refused the password of' : 'asks for a password for';
    const hint = 'Correct the user name or the password in the connection.';
    return new AppError('AUTH_FAILED', `The server at ${place} ${asked} user "${target.user}".`, {
      ...options,
      hint,
    });
  }
  if (code === '28000' || code === '42501') {
    const hint =
      'Check the user name, and ask the server’s owner whether it may connect from here and with this TLS mode.';
    return new AppError('AUTH_FAILED', `The server at ${place} refused user "${target.user}": ${message}.`, {
      ...options,
      hint,
    });
  }
  if (code === '3D000') {
    const hint = 'Correct the name of the database in the connection.';
    return new AppError('NOT_FOUND', `The server at ${place} has no database "${target.database}".`, {
      ...options,
      hint,
    });
  }
  return mapUnreachable(code, message, place, options);
}

function mapUnreachable(code: string, message: string, place: string, options: { cause: unknown }): AppError {
  if (/does not support SSL/.test(message)) {
    const hint = 'Choose the TLS mode prefer or disable, or turn TLS on at the server.';
    return new AppError('CONNECTION_REFUSED', `The server at ${place} offers no encryption (TLS).`, {
      ...options,
      hint,
    });
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL/.test(code)) {
    const hint =
      'Give the root certificate of the server’s authority, or choose the TLS mode require to skip the check.';
    return new AppError('CONNECTION_REFUSED', `The certificate of ${place} is not trusted: ${message}.`, {
      ...options,
      hint,
    });
  }
  if (/timeout exceeded when trying to connect/.test(message)) {
    const hint = 'Wait for a running statement, or cancel one.';
    return new AppError('TIMEOUT', 'All connections to this database are busy.', { ...options, hint });
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const hint = 'Correct the host, or check the network.';
    return new AppError('CONNECTION_REFUSED', `The host of ${place} is not known.`, { ...options, hint });
  }
  if (farCodes.has(code)) {
    const hint = 'Check host, network and firewall.';
    return new AppError('CONNECTION_REFUSED', `The host of ${place} cannot be reached.`, {
      ...options,
      hint,
    });
  }
  if (unreachableCodes.has(code) || /timeout|terminated/i.test(message)) {
    const hint = 'Start it, or edit the connection.';
    return new AppError('CONNECTION_REFUSED', `No PostgreSQL server at ${place}.`, { ...options, hint });
  }
  const hint = 'Check host and port, then test the connection again.';
  return new AppError('CONNECTION_REFUSED', `The server at ${place} refused the connection: ${message}.`, {
    ...options,
    hint,
  });
}

export interface StatementContext {
  sql: string;
  /** Characters that were put before `sql` on its way to the server. Defaults to 0. */
  prefixLength?: number;
  timeoutMs: number;
  elapsedMs: number;
}

/** What PostgreSQL's answer to a statement means. `details.position` is a 0-based offset in UTF-16 units of `sql`. */
export function mapStatementError(error: unknown, context: StatementContext): AppError {
  if (error instanceof AppError) return error;
  if (!(error instanceof pg.DatabaseError)) return mapLostConnection(error);
  const { code = '', message } = error;
  const details = readDetails(error, context);
  const hint = error.hint ?? hintByCode.get(code) ?? 'Correct the statement and run it again.';
  const options = { hint, details, cause: error };
  if (code === '57014' && context.elapsedMs >= context.timeoutMs * 0.9) {
    return createTimeoutError(context.timeoutMs, error);
  }
  if (code.startsWith('57P'))
    return new AppError('DISCONNECTED', message, { ...options, hint: 'Run it again.' });
  return new AppError(appCodes.get(code) ?? 'SQL_EXECUTION', message, options);
}

export function createTimeoutError(timeoutMs: number, cause?: unknown): AppError {
  return new AppError('SQL_TIMEOUT', `The statement ran longer than ${timeoutMs} ms and was stopped.`, {
    hint: 'Narrow it with WHERE or LIMIT, or raise the timeout.',
    cause,
  });
}

const appCodes = new Map([
  ['25006', 'SQL_NOT_READ_ONLY'],
  ['42601', 'SQL_SYNTAX'],
  ['42501', 'PERMISSION_DENIED'],
  ['55P03', 'SQL_TIMEOUT'],
] as const) as Map<string, 'SQL_NOT_READ_ONLY' | 'SQL_SYNTAX' | 'PERMISSION_DENIED' | 'SQL_TIMEOUT'>;

const hintByCode = new Map([
  ['25006', 'Only statements that read can run here.'],
  ['42501', 'Ask the owner of the database for the right to read it.'],
  ['42P01', 'Check the name of the table in the schema.'],
  ['42703', 'Check the name of the column in the schema.'],
  ['42883', 'Check the function’s name and the types of its arguments; a cast may be needed.'],
  ['55P03', 'Another session holds a lock; try again later.'],
]);

function readDetails(error: pg.DatabaseError, context: StatementContext): ErrorDetails {
  const details: ErrorDetails = { sqlState: error.code ?? '' };
  const position = Number(error.position ?? 0) - (context.prefixLength ?? 0);
  if (position > 0) details['position'] = offsetOfCodePoint(context.sql, position - 1);
  if (error.detail !== undefined) details['detail'] = error.detail;
  return details;
}

function mapLostConnection(error: unknown): AppError {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (/ECONN|EPIPE/.test(code) || /terminated|connection error|not queryable/i.test(message)) {
    return new AppError('DISCONNECTED', 'The connection to the server was lost.', {
      hint: 'Run it again.',
      cause: error,
    });
  }
  return AppError.from(error);
}
