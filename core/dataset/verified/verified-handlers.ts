import { randomUUID } from 'node:crypto';
import {
  AppError,
  defaultTimeoutMs,
  rowsCounted,
  type CoreHandlers,
  type DatabaseSchema,
  type HandlerContext,
  type VerifiedExample,
} from '../../contract/index.ts';
import { redactConnectionId, runGuarded, type Database } from '../../postgres/index.ts';
import { fingerprintSchema } from '../../schema/index.ts';
import { exportVerified } from './export-verified.ts';

/** Where verified examples are kept; `store.verified` fits. */
export interface VerifiedStore {
  put(example: VerifiedExample): void;
  get(id: string): VerifiedExample | undefined;
  find(connectionId: string, question: string): VerifiedExample | undefined;
  list(filter: { connectionId?: string | undefined }): VerifiedExample[];
  remove(id: string): boolean;
}

export interface VerifiedDeps {
  examples: VerifiedStore;
  openDatabase(connectionId: string, context: HandlerContext): Promise<Database>;
  readSchema(connectionId: string, context: HandlerContext): Promise<DatabaseSchema>;
}

type VerifiedMethod = Extract<keyof CoreHandlers, `verified.${string}`>;

/** Examples of the user's own databases: what is kept has run. */
export function createVerifiedHandlers(deps: VerifiedDeps): Pick<CoreHandlers, VerifiedMethod> {
  const { examples, openDatabase, readSchema } = deps;
  return {
    'verified.list': async (filter) => examples.list(filter),
    'verified.save': async ({ connectionId, question, sql, origin, historyId }, context) => {
      const database = await openDatabase(connectionId, context);
      const limits = { timeoutMs: defaultTimeoutMs, maxRows: rowsCounted, signal: context.signal };
      const { rowCount } = await runGuarded(database, sql, { origin: 'user', ...limits });
      const schemaFingerprint = fingerprintSchema(await readSchema(connectionId, context));
      const owner = redactConnectionId(connectionId);
      const before = examples.find(owner, question);
      const updatedAt = new Date().toISOString();
      const example: VerifiedExample = {
        ...{ id: before?.id ?? randomUUID(), connectionId: owner, question, sql, origin },
        ...{ schemaFingerprint, rowCount, createdAt: before?.createdAt ?? updatedAt, updatedAt },
        ...(historyId === undefined ? {} : { historyId }),
      };
      examples.put(example);
      return example;
    },
    'verified.edit': async ({ id, question }) => {
      const example = examples.get(id) ?? refuseMissing();
      const other = examples.find(example.connectionId, question);
      if (other && other.id !== id) refuseSame(question);
      const changed = { ...example, question, updatedAt: new Date().toISOString() };
      examples.put(changed);
      return changed;
    },
    'verified.remove': async ({ id }) => {
      examples.remove(id);
      return {};
    },
    'verified.export': async ({ connectionId }, context) => {
      const kept = examples.list({ connectionId: redactConnectionId(connectionId) });
      return exportVerified(kept, await readSchema(connectionId, context));
    },
  };
}

function refuseMissing(): never {
  throw new AppError('NOT_FOUND', 'This example is not kept any more.', {
    hint: 'Save it again from the answer.',
  });
}

function refuseSame(question: string): never {
  throw new AppError('CONFLICT', `Another example asks “${question}” already.`, {
    hint: 'Delete one of the two, or word this one otherwise.',
  });
}
