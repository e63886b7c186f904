import type pg from 'pg';
import { AppError } from '../../contract/index.ts';
import type { Cell, ResultColumn } from '../../contract/index.ts';
import { createCancelledError } from '../connect.ts';
import { destroyAfter } from '../destroy-after.ts';
import type { ClientSource } from '../connect.ts';
import { createTimeoutError, mapStatementError } from '../errors.ts';
import { readPage } from '../read-page.ts';
import { nameTypes } from '../result-values.ts';
import type { TypeNames } from '../result-values.ts';
import { stopStatement } from '../stop-statement.ts';
import type { DatabaseTarget } from '../target.ts';

export interface CursorOptions {
  /** Of each step on the server, in milliseconds. */
  timeoutMs: number;
  /** How long the server keeps the transaction without a step, in milliseconds. */
  idleMs: number;
  /** Whether rows may be read again. Off: only forwards, which costs the server less. */
  scroll: boolean;
  /** Characters of `sql` that stand before the user's own statement. Defaults to 0. */
  prefixLength?: number;
  /** Rows that come with opening. */
  firstRows: number;
  signal: AbortSignal;
}

export interface CursorPage {
  rows: Cell[][];
  /** How many rows there are, once the end was reached. */
  total?: number;
}

/** An open cursor on a connection of its own, in a READ ONLY transaction that is rolled back. One step at a time. */
export interface ResultCursor {
  columns: ResultColumn[];
  first: CursorPage;
  /** Fewer rows than asked for at the end, or where they are long. A step that fails ends the cursor. */
  fetch(offset: number, limit: number, signal?: AbortSignal): Promise<CursorPage>;
  /** Goes on to the end in the server, a few rows further at a time. @returns the rows known so far */
  countFurther(signal?: AbortSignal): Promise<{ counted: number; isTotal: boolean }>;
  /** Resolves when the cursor can be read no more though nobody closed it: with the reason. */
  ended: Promise<AppError>;
  close(): Promise<void>;
}

export interface CursorParts {
  source: ClientSource;
  target: DatabaseTarget;
  typeNames: TypeNames;
}

/** About how much one step reads; fewer rows come where they are longer. */
const stepBytes = 8 * 1024 * 1024;
/** How much longer than the statement timeout the server may stay silent. */
const silenceMs = 5_000;
/** How long the server may take to say goodbye. */
const goodbyeMs = 2_000;
const firstCountStep = 5_000;
const countStepMs = 150;
const largestCountStep = 200_000;

/** Throws as `runReadOnly` does, and CANCELLED. `sql` must have passed the guard. */
export async function openResultCursor(
  parts: CursorParts,
  sql: string,
  options: CursorOptions,
): Promise<ResultCursor> {
  const session = await openSession(parts, sql, options);
  try {
    return await session.step(async (client) => {
      await begin(client, options);
      const declare = `DECLARE result ${options.scroll ? 'SCROLL' : 'NO SCROLL'} CURSOR FOR `;
      session.prefixLength = declare.length + (options.prefixLength ?? 0);
      await runAlone(client, declare + sql);
      return readFirst(session, client, parts.typeNames, options);
    }, options.signal);
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function begin(client: pg.Client, { timeoutMs, idleMs }: CursorOptions): Promise<void> {
  await client.query(
    `BEGIN TRANSACTION READ ONLY;
     SET LOCAL standard_conforming_strings = on;
     SET LOCAL statement_timeout = ${Math.ceil(timeoutMs)};
     SET LOCAL lock_timeout = ${Math.ceil(Math.min(timeoutMs, silenceMs))};
     SET LOCAL idle_in_transaction_session_timeout = ${Math.ceil(idleMs + 30_000)}`,
  );
}

/** By the extended protocol, which refuses several statements. */
async function runAlone(client: pg.Client, text: string): Promise<number> {
  const query: pg.QueryConfig & { queryMode: 'extended' } = { text, queryMode: 'extended' };
  return (await client.query(query)).rowCount ?? 0;
}

async function readFirst(
  session: CursorSession,
  client: pg.Client,
  typeNames: TypeNames,
  { firstRows, scroll }: CursorOptions,
): Promise<ResultCursor> {
  const place = createPlace(client, scroll);
  const { fields, page: first } = await place.fetch(0, firstRows);
  const types = await nameTypes(client, fields, typeNames);
  return {
    columns: fields.map((field, index) => ({ name: field.name, type: types[index] ?? 'unknown' })),
    first,
    fetch: (offset, limit, signal) =>
      session.step(async () => (await place.fetch(offset, limit)).page, signal),
    countFurther: (signal) => session.step(() => place.countFurther(), signal),
    ended: session.ended,
    close: () => session.close(),
  };
}

/** Where the cursor stands, and what is known of its rows. */
function createPlace(client: pg.Client, scroll: boolean) {
  /** Rows before the cursor; undefined where it must be set anew. */
  let position: number | undefined = 0;
  let known = 0;
  let total: number | undefined;
  let rowBytes: number | undefined;
  let countStep = firstCountStep;

  const goTo = async (offset: number): Promise<void> => {
    if (position === offset) return;
    if (!scroll) throw new AppError('INVALID_INPUT', 'This result can be read forwards only.');
    await runAlone(client, `MOVE ABSOLUTE ${offset} FROM result`);
    position = offset;
  };
  const learn = (end: number, isTotal: boolean): void => {
    known = Math.max(known, end);
    if (isTotal) total = known;
  };

  return {
    async fetch(offset: number, limit: number) {
      await goTo(offset);
      position = undefined;
      const atOnce = rowBytes === undefined ? 1 : Math.max(1, Math.floor(stepBytes / 8 / rowBytes));
      const { fields, rows, truncated } = await readPage(
        client,
        `FETCH FORWARD ${limit} FROM result`,
        limit,
        stepBytes,
        Math.min(atOnce, limit),
      );
      rowBytes = measureRow(rows) ?? rowBytes;
      if (rows.length === limit) position = offset + limit;
      learn(offset + rows.length, !truncated && rows.length < limit && (rows.length > 0 || offset === known));
      const page: CursorPage = total === undefined ? { rows } : { rows, total };
      return { fields, page };
    },
    async countFurther() {
      if (total !== undefined) return { counted: total, isTotal: true };
      await goTo(known);
      position = undefined;
      const startedAt = performance.now();
      const moved = await runAlone(client, `MOVE FORWARD ${countStep} FROM result`);
      learn(known + moved, moved < countStep);
      if (total === undefined) position = known;
      if (performance.now() - startedAt < countStepMs) countStep = Math.min(countStep * 2, largestCountStep);
      return { counted: known, isTotal: total !== undefined };
    },
  };
}

/** About how many bytes a row has; undefined without rows. */
function measureRow(rows: Cell[][]): number | undefined {
  const longest = rows
    .slice(0, 50)
    .map((row) => row.reduce<number>((sum, cell) => sum + String(cell).length + 8, 0));
  return longest.length === 0 ? undefined : Math.max(64, ...longest);
}

interface CursorSession {
  prefixLength: number;
  /** Waits its turn. Aborted before it, the work is left out; aborted in it, it is stopped and the cursor with it. */
  step<T>(work: (client: pg.Client) => Promise<T>, signal?: AbortSignal): Promise<T>;
  ended: Promise<AppError>;
  close(): Promise<void>;
}

async function openSession(
  { source, target }: CursorParts,
  sql: string,
  { timeoutMs, signal, prefixLength: wrapLength = 0 }: CursorOptions,
): Promise<CursorSession> {
  const client = await source.connectAlone();
  const { promise: ended, resolve: end } = Promise.withResolvers<AppError>();
  let turn: Promise<unknown> = Promise.resolve();
  let current: Promise<unknown> = Promise.resolve();
  let closed: Promise<void> | undefined;
  let dead: AppError | undefined;
  if (signal.aborted) {
    await client.end();
    throw createCancelledError();
  }
  const die = (error: AppError): void => {
    if (dead !== undefined || closed !== undefined) return;
    dead = error;
    end(error);
  };
  client.on('end', () => die(createLostError()));

  const run = async <T>(work: (client: pg.Client) => Promise<T>, stop?: AbortSignal): Promise<T> => {
    if (dead !== undefined) throw dead;
    if (closed !== undefined || stop?.aborted) throw createCancelledError();
    const startedAt = performance.now();
    const deadline = AbortSignal.timeout(timeoutMs + silenceMs);
    const signals = stop === undefined ? [deadline] : [deadline, stop];
    const working = work(client);
    current = working;
    try {
      return await untilAborted(working, AbortSignal.any(signals), () =>
        stopStatement(client, target, source, working).then(() => undefined),
      );
    } catch (error) {
      const failure =
        stop?.aborted || closed !== undefined
          ? createCancelledError()
          : deadline.aborted
            ? createTimeoutError(timeoutMs, error)
            : mapStatementError(error, {
                sql: sql.slice(wrapLength),
                timeoutMs,
                prefixLength: session.prefixLength,
                elapsedMs: performance.now() - startedAt,
              });
      // After an error PostgreSQL gives the whole transaction up, and the cursor with it.
      die(failure);
      throw failure;
    }
  };

  const session: CursorSession = {
    prefixLength: 0,
    step: (work, stop) => {
      const result = turn.then(() => run(work, stop));
      turn = result.catch(() => undefined);
      return result;
    },
    ended,
    close: () => (closed ??= hangUp(client, target, source, current)),
  };
  return session;
}

/** What is still running is stopped; the end of the connection rolls the transaction back. */
async function hangUp(
  client: pg.Client,
  target: DatabaseTarget,
  source: ClientSource,
  current: Promise<unknown>,
): Promise<void> {
  const idle = Symbol('idle');
  const settled = current.then(
    () => idle,
    () => idle,
  );
  const first = await Promise.race([settled, new Promise((resolve) => setImmediate(resolve))]);
  if (first !== idle) await stopStatement(client, target, source, current);
  const keep = destroyAfter(client, goodbyeMs);
  await client.end().catch(() => undefined);
  keep();
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal, stop: () => Promise<void>): Promise<T> {
  const { promise: aborted, resolve } = Promise.withResolvers<'aborted'>();
  const onAbort = () => resolve('aborted');
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const first = await Promise.race([work.then((value) => ({ value })), aborted]);
    if (first !== 'aborted') return first.value;
    await stop();
    throw signal.reason;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function createLostError(): AppError {
  return new AppError('DISCONNECTED', 'The connection to the server was lost.', { hint: 'Run it again.' });
}
