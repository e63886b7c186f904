import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  AppError,
  formatEndpoint,
  isLoopback,
  modelServerDraftSchema,
  type CoreHandlers,
  type Endpoint,
  type ModelServer,
  type ModelServerDraft,
  type ModelServerTest,
  type modelServersContract,
} from '../contract/index.ts';

export type ModelServerHandlers = Pick<CoreHandlers, keyof typeof modelServersContract>;

/** As it is kept; its key lies in the secret store. */
export const storedServerSchema = modelServerDraftSchema
  .omit({ apiKey: true })
  .extend({ id: z.string(), hasKey: z.boolean() });
export type StoredServer = z.infer<typeof storedServerSchema>;

export interface ModelServerDeps {
  rows: { get(): StoredServer[]; set(servers: StoredServer[]): void };
  secrets: {
    get(id: string): Promise<string | undefined>;
    set(id: string, value: string): Promise<void>;
    remove(id: string): Promise<void>;
  };
  /** Called with the path that stood where a model's does, before and after it was saved; after is absent where it was removed. */
  onChanged(before: string, after: string | undefined): void;
  test(endpoint: Endpoint, apiKey: string | undefined, signal: AbortSignal): Promise<ModelServerTest>;
}

/** Under what name the secret store has the key of a server. */
export function secretOfServer(id: string): string {
  return `model-server:${id}`;
}

/** Servers of models that speak OpenAI's API. */
export function createModelServerHandlers(deps: ModelServerDeps): ModelServerHandlers {
  const { rows, secrets } = deps;
  return {
    'models.servers': async () => rows.get().map(describe),
    'models.saveServer': async ({ apiKey, ...draft }) => {
      refuseCredentials(draft.url);
      const before = rows.get().find(({ id }) => id === draft.id);
      const id = before?.id ?? randomUUID();
      if (apiKey) await secrets.set(secretOfServer(id), apiKey);
      else if (apiKey === '') await secrets.remove(secretOfServer(id));
      const hasKey = apiKey === undefined ? (before?.hasKey ?? false) : apiKey !== '';
      const saved: StoredServer = { ...draft, id, hasKey };
      const others = rows.get().filter((one) => one.id !== id);
      rows.set([...others, saved].toSorted((a, b) => a.name.localeCompare(b.name)));
      if (before) deps.onChanged(describe(before).path, describe(saved).path);
      return describe(saved);
    },
    'models.removeServer': async ({ id }) => {
      const before = rows.get().find((one) => one.id === id);
      if (!before) return {};
      rows.set(rows.get().filter((one) => one.id !== id));
      await secrets.remove(secretOfServer(id));
      deps.onChanged(describe(before).path, undefined);
      return {};
    },
    'models.testServer': async (draft, { signal }) => {
      const { apiKey, id, ...address } = draft;
      const kept = id === undefined ? undefined : await secrets.get(secretOfServer(id));
      return deps.test(address, apiKey === undefined ? kept : apiKey || undefined, signal);
    },
  };
}

function describe(server: StoredServer): ModelServer {
  const { id, url, model, apiKeyEnv, hasKey } = server;
  const path = formatEndpoint({ url, model, apiKeyEnv, ...(hasKey ? { server: id } : {}) });
  return { ...server, path, local: isLoopback({ url }) };
}

/** An address is kept and shown: a key in it would be, too. */
function refuseCredentials(url: ModelServerDraft['url']): void {
  const { username, password, hash } = new URL(url);
  if (!username && !password && !hash) return;
  throw new AppError('INVALID_INPUT', 'The address holds more than a server’s place.', {
    hint: 'Write it as http://host:8000/v1; a key goes into its own field.',
  });
}
