import * as z from 'zod';
import type { SshHost, SshHostDraft } from '../../../../../core/contract/index.ts';
import { copy } from '../../../../copy.ts';

const text = copy.wizard.where.form;

const addressSchema = z.object({
  host: z.string(),
  port: z.string(),
  user: z.string(),
  auth: z.enum(['agent', 'key', 'password']),
  keyPath: z.string(),
  secret: z.string(),
});
export type AddressValues = z.infer<typeof addressSchema>;

const hostValuesSchema = addressSchema.extend({
  /** Absent for a new one. */
  id: z.string().optional(),
  name: z.string(),
  folder: z.string(),
  python: z.string(),
  hasJump: z.boolean(),
  jump: addressSchema,
});
/** The form as it is typed. */
export type HostValues = z.infer<typeof hostValuesSchema>;

const emptyAddress: AddressValues = {
  host: '',
  port: '22',
  user: '',
  auth: 'agent',
  keyPath: '',
  secret: '',
};

export const emptyHost: HostValues = {
  ...emptyAddress,
  name: '',
  folder: 'sqlcodegen',
  python: '',
  hasJump: false,
  jump: emptyAddress,
};

export function valuesOf({ id, name, folder, python, jump, ...address }: SshHost): HostValues {
  return {
    ...typeAddress(address),
    id,
    name,
    folder,
    python: python ?? '',
    hasJump: jump !== undefined,
    jump: jump ? typeAddress(jump) : emptyAddress,
  };
}

function typeAddress({
  host,
  port,
  user,
  auth,
}: Pick<SshHost, 'host' | 'port' | 'user' | 'auth'>): AddressValues {
  const keyPath = auth.kind === 'key' ? auth.keyPath : '';
  return { host, port: String(port), user, auth: auth.kind, keyPath, secret: '' };
}

/** What is wrong, by field; those of the jump host begin with `jump.`. */
export function findErrors(values: HostValues): Partial<Record<string, string>> {
  return {
    ...addressErrors(values, ''),
    ...(values.hasJump ? addressErrors(values.jump, 'jump.') : {}),
  };
}

function addressErrors(address: AddressValues, prefix: '' | 'jump.'): Partial<Record<string, string>> {
  const labels =
    prefix === '' ? text : { host: text.jumpHost, user: text.jumpUser, keyPath: text.jumpKeyPath };
  const needed = ['host', 'user', ...(address.auth === 'key' ? ['keyPath'] : [])] as (
    'host' | 'user' | 'keyPath'
  )[];
  const port = Number(address.port);
  return {
    ...Object.fromEntries(
      needed
        .filter((field) => address[field].trim() === '')
        .map((field) => [prefix + field, text.required(labels[field])]),
    ),
    ...(Number.isInteger(port) && port >= 1 && port <= 65_535 ? {} : { [`${prefix}port`]: text.badPort }),
  };
}

/** A host without a name is called after its address. */
export function draftOfHost(values: HostValues): SshHostDraft {
  const { id, name, folder, python, hasJump, jump } = values;
  return {
    ...(id === undefined ? {} : { id }),
    name: name.trim() || values.host.trim(),
    ...addressOf(values, id),
    folder: folder.trim() || 'sqlcodegen',
    ...(python.trim() === '' ? {} : { python: python.trim() }),
    ...(hasJump ? { jump: addressOf(jump, id) } : {}),
  };
}

/** A secret that is left empty keeps the stored one; a new host has none. */
function addressOf(address: AddressValues, id: string | undefined) {
  const { host, port, user, auth, keyPath, secret } = address;
  return {
    host: host.trim(),
    port: Number(port),
    user: user.trim(),
    auth: auth === 'key' ? { kind: auth, keyPath: keyPath.trim() } : { kind: auth },
    ...(secret === '' && (id !== undefined || auth === 'agent') ? {} : { secret }),
  };
}

/** The draft that a kept host is tested with: its stored secret goes with its id. */
export function draftOfKept({ hasSecret: _secret, jump, ...host }: SshHost): SshHostDraft {
  if (!jump) return host;
  const { hasSecret: _jumpSecret, ...address } = jump;
  return { ...host, jump: address };
}

const storageKey = 'sqlcodegen.training-host';

/** What was being typed, without its secrets: these are never written where a page's storage lies. */
export function readTypedHost(): HostValues | undefined {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? 'null');
    return hostValuesSchema.safeParse(kept).data;
  } catch {
    return undefined;
  }
}

export function keepTypedHost(values: HostValues | undefined): void {
  try {
    if (!values) sessionStorage.removeItem(storageKey);
    else {
      const open = { ...values, secret: '', jump: { ...values.jump, secret: '' } };
      sessionStorage.setItem(storageKey, JSON.stringify(open));
    }
  } catch {
    // A full or refused storage: it then holds until the page is reloaded.
  }
}
