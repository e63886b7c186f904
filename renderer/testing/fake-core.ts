import {
  AppError,
  type Answer,
  type AskEvent,
  type CoreClient,
  type HistoryEntry,
  type Outcome,
  type QueryResult,
  type Settings,
  type Workspace,
} from '../../core/contract/index.ts';
import type { CoreLink } from '../lib/core-context.tsx';
import type { LinkState } from '../lib/resilient-client.ts';
import { createFakeConversation } from './fake-conversation.ts';
import { createFakeDataset } from './fake-dataset.ts';
import { createFakeEvaluation } from './fake-evaluation.ts';
import { createFakeJobs } from './fake-jobs.ts';
import { createFakeLoop } from './fake-loop.ts';
import { createFakeModels } from './fake-models.ts';
import { createFakeResults } from './fake-results.ts';
import { createFakeWrites } from './fake-writes.ts';
import { createFakeExplorer } from './fake-explorer.ts';
import { createFakeSettings } from './fake-settings.ts';
import { createFakeTraining } from './fake-training.ts';
import { fakeConnections, fakeCount, fakeCustomers, fakeDemos, fakeSchema } from './fake-data.ts';

export interface FakeOptions {
  /** Pause before each event and answer, in milliseconds. Defaults to 0. */
  delayMs?: number;
  /** What was kept at an earlier start. Defaults to nothing. */
  settings?: Partial<Settings>;
  /** Tabs that were kept at an earlier start. Defaults to none. */
  workspace?: Workspace;
  /** Replace single methods. */
  methods?: Partial<CoreClient>;
}

export interface FakeCore extends CoreLink {
  history: HistoryEntry[];
  /** Every call, as `domain.verb` and its input. */
  calls: { method: string; input: unknown }[];
  setLink(state: LinkState): void;
}

const sql = 'SELECT count(*)\nFROM customers;';
const noValues = { enabled: false, isReading: false, allowed: [], valueCount: 0, bytes: 0, columns: [] };
const timings = {
  schemaMs: 4,
  modelMs: 320,
  promptMs: 210,
  generateMs: 340,
  checkMs: 3,
  executeMs: 3,
  totalMs: 880,
};

/** A core without a core: the whole client interface over a few rows in memory. */
export function createFakeCore(options: FakeOptions = {}): FakeCore {
  const { delayMs = 0, settings = {}, methods = {} } = options;
  let kept = settings;
  let workspace: Workspace = options.workspace ?? { tabs: [] };
  const history: HistoryEntry[] = [];
  const calls: FakeCore['calls'] = [];
  const listeners = new Set<() => void>();
  let link: LinkState = { kind: 'connected' };
  let connections = [...fakeConnections];

  function keep(
    entry: Pick<HistoryEntry, 'connectionId' | 'sql' | 'outcome'> & Partial<HistoryEntry>,
  ): string {
    const id = `history-${history.length + 1}`;
    history.unshift({ id, createdAt: new Date().toISOString(), timingsMs: { totalMs: 880 }, ...entry });
    return id;
  }

  const fake: CoreClient = {
    'app.info': async () => ({
      version: '0.1.0',
      dataDir: '/home/ada/.local/share/sql-codegen-studio',
      platform: 'linux',
      secretStore: 'private-file',
      secretStoreNote: 'Passwords are kept in a file that only you can read.',
    }),
    'connections.list': async () => connections,
    'connections.parseUrl': async ({ url }) => parse(url),
    'connections.test': async (draft) =>
      draft.host === 'localhost'
        ? { ok: true, serverVersion: '16.4', encrypted: false, latencyMs: 4.2 }
        : {
            ok: false,
            code: 'CONNECTION_REFUSED',
            message: `No PostgreSQL server at ${draft.host}:${draft.port}.`,
            hint: 'Start it, or edit the connection.',
          },
    'connections.save': async ({ id, password, ...draft }) => {
      const saved = {
        ...draft,
        id: id ?? `user-${connections.length}`,
        kind: 'user' as const,
        hasPassword: !!password,
      };
      connections = [...connections.filter((one) => one.id !== saved.id), saved];
      return saved;
    },
    'connections.remove': async ({ id }) => {
      connections = connections.filter((one) => one.id !== id);
      return {};
    },
    ...createFakeDataset(),
    ...createFakeConversation(),
    'demo.list': async () => fakeDemos,
    async *'demo.prepare'() {
      yield { stage: 'ready' as const, done: 5, total: 5 };
    },
    'demo.url': async ({ name }) => ({ url: `postgres://postgres@127.0.0.1:54329/${name}` }),
    async *'evaluation.run'() {},
    ...createFakeEvaluation(),
    async *'generation.ask'({ question, execute, connectionId }, options) {
      for (const event of askEvents()) {
        await pause(delayMs, options?.signal);
        yield event;
      }
      const outcome: Outcome = execute === false ? 'not-run' : 'succeeded';
      const historyId = keep({ connectionId, question, sql, outcome, rowCount: 1, model: 'starter' });
      yield { kind: 'answer', answer: { ...createAnswer(question, outcome), historyId } };
    },
    'history.list': async ({ connectionId }) =>
      history.filter((entry) => connectionId === undefined || entry.connectionId === connectionId),
    'history.giveFeedback': async ({ id, feedback }) => {
      const entry = history.find((one) => one.id === id);
      if (!entry) throw new AppError('NOT_FOUND', 'This entry is not in the history any more.');
      return Object.assign(entry, { feedback });
    },
    'history.remove': async ({ id }) => {
      history.splice(
        history.findIndex((entry) => entry.id === id),
        1,
      );
      return {};
    },
    'history.clear': async () => ({ removed: history.splice(0).length }),
    ...createFakeJobs(),
    ...createFakeModels(),
    ...createFakeLoop(),
    ...createFakeResults(),
    ...createFakeWrites(),
    'models.list': async () => [
      {
        name: 'starter',
        path: 'data/models/starter.gguf',
        sizeBytes: 14_200_000,
        architecture: 'mistral',
        quantization: 'Q8_0',
        parameters: 8_400_000,
        contextSize: 2_048,
        targetForm: 'sketch',
        state: 'loaded',
        embedded: true,
      },
    ],
    'models.inspect': async () => {
      throw new AppError('NOT_FOUND', 'No such file.');
    },
    'models.preload': async () => ({}),
    async *'models.quantize'() {},
    async *'models.check'() {},
    'postgres.query': async (input, options) => {
      await pause(delayMs, options?.signal);
      const result = answerStatement(input.sql, input.maxRows ?? 1_000);
      keep({
        connectionId: input.connectionId,
        sql: input.sql,
        outcome: 'succeeded',
        rowCount: result.rowCount,
      });
      return result;
    },
    'postgres.serverStatus': async () => ({ state: 'running', port: 54_329, version: '18.4' }),
    'postgres.stopServer': async () => ({ state: 'stopped' }),
    'postgres.resetServer': async () => ({ state: 'running', port: 54_329, version: '18.4' }),
    ...createFakeExplorer(),
    ...createFakeTraining(),
    ...createFakeSettings(),
    'schema.introspect': async ({ connectionId }) => {
      await pause(delayMs);
      if (connectionId.startsWith('demo:')) return fakeSchema;
      throw new AppError('CONNECTION_REFUSED', 'No PostgreSQL server at reports.internal.example:5432.', {
        hint: 'Start it, or edit the connection.',
      });
    },
    'schema.valueStatus': async () => noValues,
    'schema.enableValues': async () => ({ ...noValues, enabled: true }),
    'schema.disableValues': async () => noValues,
    'schema.refreshValues': async () => noValues,
    'schema.clearValues': async () => ({ cleared: 0 }),
    'schema.searchValues': async () => ({ matches: [] }),
    'settings.reset': async () => (kept = {}),
    'settings.get': async () => kept,
    'settings.set': async (changes) => (kept = { ...kept, ...changes }),
    'workspace.get': async () => workspace,
    async 'workspace.save'(changed) {
      workspace = changed;
      return {};
    },
    ...methods,
  };

  return {
    client: recordCalls(fake, calls),
    calls,
    history,
    getState: () => link,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    retryNow: () => undefined,
    setLink(state) {
      link = state;
      for (const listener of listeners) listener();
    },
  };
}

function recordCalls(client: CoreClient, calls: FakeCore['calls']): CoreClient {
  const methods = Object.entries(client).map(([method, run]) => [
    method,
    (input: unknown, options?: unknown) => {
      calls.push({ method, input });
      // Each entry is called with what its own type asked for.
      return (run as (input: unknown, options?: unknown) => unknown)(input, options);
    },
  ]);
  return Object.fromEntries(methods) as CoreClient;
}

/** What the model says while it works; the answer itself comes last. */
export function askEvents(): AskEvent[] {
  return [
    { kind: 'stage', stage: 'schema' },
    { kind: 'stage', stage: 'model' },
    {
      kind: 'prompt',
      text: 'customers : id bigint * , name text , country text | orders : id , customer_id -> customers . id\nHow many customers are there?',
      tokens: 148,
    },
    { kind: 'stage', stage: 'prompt' },
    { kind: 'stage', stage: 'generating' },
    { kind: 'sql', sql: 'SELECT' },
    { kind: 'sql', sql: 'SELECT count(*)' },
    { kind: 'sql', sql },
    { kind: 'stage', stage: 'checking' },
    { kind: 'stage', stage: 'executing' },
  ];
}

export function createAnswer(question: string, outcome: Outcome, more: Partial<Answer> = {}): Answer {
  return {
    question,
    sql,
    outcome,
    ...(outcome === 'succeeded' ? { result: fakeCount } : {}),
    candidates: [{ sql, outcome, votes: 1 }],
    confidence: 1,
    calibrated: true,
    agreement: 1,
    alternatives: [],
    timingsMs: timings,
    model: 'starter',
    ...more,
  };
}

function answerStatement(statement: string, maxRows: number): QueryResult {
  if (/^\s*(delete|update|insert|drop)/i.test(statement)) {
    throw new AppError('SQL_NOT_READ_ONLY', 'DELETE changes data; only a single SELECT is run here.', {
      hint: 'Write a SELECT that shows the rows instead.',
      details: { position: 0 },
    });
  }
  if (/nonsense/.test(statement)) {
    throw new AppError('SQL_EXECUTION', 'column "nonsense" does not exist', {
      hint: 'Perhaps you meant to reference the column "customers.name".',
      details: { position: statement.indexOf('nonsense') },
    });
  }
  if (/where false/i.test(statement)) return { ...fakeCount, rows: [], rowCount: 0 };
  if (/count\(/i.test(statement)) return fakeCount;
  return fakeCustomers(Math.min(maxRows, 5_000), maxRows < 5_000);
}

function parse(url: string) {
  const parsed = URL.parse(url);
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new AppError('INVALID_INPUT', 'This is no PostgreSQL URL.', {
      hint: 'Write postgres://user:password@host:5432/database.',
    });
  }
  return {
    params: {
      host: parsed.hostname,
      port: Number(parsed.port || 5432),
      database: parsed.pathname.slice(1),
      user: parsed.username,
      sslMode: 'require' as const,
    },
    password: parsed.password,
  };
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new AppError('CANCELLED', 'The request was cancelled.'));
    });
  });
}
