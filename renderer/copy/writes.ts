import { formatCount, pluralize } from '../lib/format-values.ts';

const verbs = { insert: 'inserted', update: 'updated', delete: 'deleted' } as const;
type Kind = keyof typeof verbs;

/** A button has room for so much of a name. */
const mostNameCharacters = 32;
const shorten = (name: string) =>
  name.length > mostNameCharacters ? `${name.slice(0, mostNameCharacters - 1)}…` : name;

/** What the interface says: writes. */
export const writesCopy = {
  title: 'Preview of a change',
  preview: 'Preview',
  previewHint: 'Preview the change',
  changesWhat: (name: string) => `Changes “${name}”`,
  changed: (name: string) => `Changed “${name}”`,
  where: (database: string, host: string, port: number) => `(database ${database} at ${host}:${port})`,
  editStatement: 'Edit the statement',
  /** Of a connection. */
  allowed: 'writes allowed',
  /** After the guard's own hint. */
  onHint:
    'INSERT, UPDATE and DELETE that you type are previewed on this connection; nothing else changes data.',
  previewing: 'Running it in a transaction that is rolled back…',
  wouldChange: (count: number, kind: Kind, table: string) =>
    count === 0
      ? `No row of ${table} would be ${verbs[kind]}.`
      : `${pluralize(count, 'row')} of ${table} would be ${verbs[kind]}.`,
  nothingYet: 'Nothing has been changed: the transaction was rolled back.',
  shownRows: (shown: number, all: number) =>
    `The first ${formatCount(shown)} of ${formatCount(all)} rows are shown.`,
  noBefore: 'The values before are not known: the table has no primary key, or the statement changes it.',
  rows: 'Rows that would change',
  change: 'Change',
  changes: { insert: 'new', update: 'changed', delete: 'deleted' },
  was: 'was',
  sideEffects: 'What else happens',
  noSideEffects: 'No trigger, cascade or sequence is known to be involved.',
  survives: 'happened already',
  effects: {
    sequence: (name: string, detail?: string) =>
      detail === undefined
        ? `The sequence ${name} is advanced; a rollback does not turn it back.`
        : `${name} advances a sequence; a rollback does not turn it back.`,
    trigger: (name: string, detail = '') => `The trigger ${name} on ${detail} fires.`,
    cascade: (name: string, detail = '') => `Rows of ${name} change as well, by the foreign key ${detail}.`,
    function: (name: string) => `${name} is called, which can change more than these rows.`,
    notification: (name: string) => `${name} may send a notification once it is committed.`,
    outside: (name: string) => `${name} may reach outside the database; a rollback does not undo that.`,
  },
  commit: (count: number, name: string) => `Commit ${pluralize(count, 'change')} to “${shorten(name)}”`,
  committing: 'Committing…',
  commitHint: 'Runs the statement again and keeps what it changes, if the number of rows is the same.',
  committed: (count: number) => `${pluralize(count, 'row')} changed.`,
  committedTitle: 'Committed',
  mismatchTitle: 'Nothing was changed',
  mismatch: (expected: number, found: number) =>
    `The preview changed ${pluralize(expected, 'row')}; now it would be ${formatCount(found)}. It was rolled back.`,
  mismatchHint: 'Somebody else changed the data meanwhile. Preview it again.',
  previewAgain: 'Preview again',
  failedTitle: 'The preview failed',
  commitFailedTitle: 'The commit failed',
  offHint: 'This connection is for reading only. If that is not what you want, allow writes in its settings.',
  editConnection: 'Edit the connection',
  allow: 'Allow writes that I type',
  allowWarning:
    'INSERT, UPDATE and DELETE then run on this database: as a preview that is rolled back first, and for good only when you commit it. Statements that a model wrote are never run as writes. Leave this off for databases that others depend on.',
} as const;
