import type { Connection, ConnectionDraft, SslMode } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';

/** The form as it is typed: every field is text. */
export interface FormValues {
  name: string;
  host: string;
  port: string;
  database: string;
  user: string;
  password: string;
  sslMode: SslMode;
  sslRootCert: string;
  /** Delete the kept password; only for a connection that has one. */
  forgetPassword: boolean;
  allowWrites: boolean;
}

export type FormErrors = Partial<Record<keyof FormValues, string>>;

export const emptyForm: FormValues = {
  name: '',
  host: 'localhost',
  port: '5432',
  database: '',
  user: '',
  password: '',
  sslMode: 'prefer',
  sslRootCert: '',
  forgetPassword: false,
  allowWrites: false,
};

export function formOf(connection: Connection): FormValues {
  const { name, host, port, database, user, sslMode, sslRootCert } = connection;
  return {
    ...emptyForm,
    name,
    host,
    port: String(port),
    database,
    user,
    sslMode,
    sslRootCert: sslRootCert ?? '',
    allowWrites: connection.allowWrites ?? false,
  };
}

/** Whether this mode can check the server's certificate, and so may need a CA file; require does when it has one. */
export function checksCertificate(sslMode: SslMode): boolean {
  return sslMode === 'require' || sslMode === 'verify-ca' || sslMode === 'verify-full';
}

export function checkForm(values: FormValues): FormErrors {
  const errors: FormErrors = {};
  for (const field of ['host', 'database', 'user'] as const) {
    if (values[field].trim() === '') errors[field] = copy.connections.required(copy.connections[field]);
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) errors.port = copy.connections.badPort;
  return errors;
}

/** The draft that the core tests and saves. A connection without a name is called after its database and host. */
export function draftOf(values: FormValues, id: string | undefined): ConnectionDraft {
  const text = (field: 'name' | 'host' | 'database' | 'user' | 'sslRootCert') => values[field].trim();
  return {
    ...(id === undefined ? {} : { id }),
    name: text('name') || `${text('database')} on ${text('host')}`,
    host: text('host'),
    port: Number(values.port),
    database: text('database'),
    user: text('user'),
    sslMode: values.sslMode,
    ...(checksCertificate(values.sslMode) && text('sslRootCert') ? { sslRootCert: text('sslRootCert') } : {}),
    allowWrites: values.allowWrites,
    ...passwordOf(values, id),
  };
}

/** Left out keeps the stored one; empty means none. */
function passwordOf(values: FormValues, id: string | undefined): { password?: string } {
  if (values.forgetPassword) return { password: '' };
  return values.password === '' && id !== undefined ? {} : { password: values.password };
}
