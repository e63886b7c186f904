import { userInfo } from 'node:os';
import { AppError, sslModeSchema } from '../contract/index.ts';
import type { ConnectionParams, SslMode } from '../contract/index.ts';

export interface ParsedUrl {
  params: ConnectionParams;
  /** Undefined where the URL has none. */
  password?: string;
}

const urlHint =
  'Write it as postgresql://user:password@host:5432/database?sslmode=require. Percent-encode / : @ # ? in names and passwords.';

const supportedParameters = ['sslmode', 'sslrootcert', 'host', 'port', 'user', 'password', 'dbname'];
const ignoredParameters = ['application_name', 'connect_timeout'];

/**
 * Reads a URL as libpq does: `postgres://` or `postgresql://`, percent-encoding, `sslmode`, `sslrootcert`, `host`,
 * `port`, `user`, `password` and `dbname` as parameters too, which win. Defaults: localhost, 5432, the operating system's user,
 * the database of the user's name, sslmode prefer. `application_name` and `connect_timeout` are ignored, the app has its
 * own. Throws INVALID_INPUT, for any other parameter as well; the message never repeats the URL.
 */
export function parseConnectionUrl(text: string): ParsedUrl {
  const url = readUrl(text.trim());
  const query = url.searchParams;
  refuseUnknownParameters(query);
  const user = query.get('user') || decode(url.username) || process.env['PGUSER'] || userInfo().username;
  const password = query.get('password') || decode(url.password) || undefined;
  const sslRootCert = query.get('sslrootcert') || undefined;
  const params = {
    host: (query.get('host') || decode(url.hostname) || 'localhost').replace(/^\[(.*)\]$/, '$1'),
    port: readPort(query.get('port') || url.port || '5432'),
    database: query.get('dbname') || decode(url.pathname.slice(1)) || user,
    user,
    sslMode: readSslMode(query.get('sslmode')),
    ...(sslRootCert === undefined ? {} : { sslRootCert }),
  };
  return password === undefined ? { params } : { params, password };
}

/** The URL of a connection; without a password unless one is given. Leaves the port out where it is 5432. */
export function formatConnectionUrl(params: ConnectionParams, password?: string): string {
  const { host, port, database, user, sslMode, sslRootCert } = params;
  const secret = password ? `:${encodeURIComponent(password)}` : '';
  const isSocket = host.startsWith('/');
  const name = isSocket ? '' : host.includes(':') ? `[${host}]` : host;
  const query = new URLSearchParams({ sslmode: sslMode });
  if (isSocket) query.set('host', host);
  if (sslRootCert !== undefined) query.set('sslrootcert', sslRootCert);
  const place = `${name}${port === 5432 ? '' : `:${port}`}`;
  // A URL without a host cannot have a port; it goes into the parameters instead.
  if (isSocket && port !== 5432) query.set('port', String(port));
  return `postgresql://${encodeURIComponent(user)}${secret}@${isSocket ? '' : place}/${encodeURIComponent(database)}?${query}`;
}

function readUrl(text: string): URL {
  if (!/^postgres(ql)?:\/\//.test(text)) {
    throw new AppError('INVALID_INPUT', 'The URL does not begin with postgresql:// or postgres://.', {
      hint: urlHint,
    });
  }
  const place = text.replace(/^postgres(ql)?:\/\/([^/?#]*@)?/, '');
  if (/^[^/?#]*,/.test(place)) {
    throw new AppError('INVALID_INPUT', 'The URL names several hosts.', { hint: 'Choose one host.' });
  }
  try {
    // Other than libpq, the URL standard allows no user before an empty host (a socket, named by a parameter).
    return new URL(text.replace(/^(postgres(ql)?:\/\/[^/?#]*@)(?=[/?]|$)/, '$1localhost'));
  } catch {
    throw new AppError('INVALID_INPUT', 'The URL cannot be read.', { hint: urlHint });
  }
}

/** One that is passed over in silence could be what keeps a connection safe (sslcert, channel_binding, options). */
function refuseUnknownParameters(query: URLSearchParams): void {
  const unknown = [...query.keys()].find(
    (name) => !supportedParameters.includes(name) && !ignoredParameters.includes(name),
  );
  if (unknown === undefined) return;
  throw new AppError('INVALID_INPUT', `The URL's parameter "${unknown}" is not supported.`, {
    hint: `Leave it out; supported are ${supportedParameters.join(', ')}.`,
  });
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new AppError('INVALID_INPUT', 'The URL has a percent sign that encodes nothing.', {
      hint: 'Write a percent sign itself as %25.',
    });
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new AppError('INVALID_INPUT', 'The port of the URL is not a number between 1 and 65535.', {
    hint: urlHint,
  });
}

function readSslMode(text: string | null): SslMode {
  if (text === null || text === 'allow') return 'prefer';
  const mode = sslModeSchema.safeParse(text);
  if (mode.success) return mode.data;
  throw new AppError('INVALID_INPUT', `The URL's sslmode "${text}" is unknown.`, {
    hint: `Choose one of ${sslModeSchema.options.join(', ')}.`,
  });
}
