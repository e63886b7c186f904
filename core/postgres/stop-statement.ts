import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { applicationName } from './connect.ts';
import type { ClientSource } from './connect.ts';
import { openClientSocket } from './client-socket.ts';
import type { DatabaseTarget } from './target.ts';

/** How long a cancelled statement may take to end before its backend is terminated. */
const patienceMs = 2_000;
const cancelRequestCode = 80_877_102;

/**
 * Stops what a client is doing on the server: a cancel request first; where the statement goes on (a function can
 * catch the cancellation), its backend is terminated over a connection of its own. Says whether
 * `settled` did within that time; never throws. Close the client afterwards: a late cancel must not hit its next statement.
 */
export async function stopStatement(
  client: pg.ClientBase,
  target: DatabaseTarget,
  source: ClientSource,
  settled: Promise<unknown>,
): Promise<boolean> {
  const { processID, secretKey } = client as unknown as {
    processID: number | null;
    secretKey: number | null;
  };
  if (processID === null || secretKey === null) return false;
  await sendCancelRequest(target, processID, secretKey).catch(() => undefined);
  if (await settlesWithin(settled, patienceMs)) return true;
  await terminateBackend(source, processID).catch(() => undefined);
  return settlesWithin(settled, patienceMs);
}

/** PostgreSQL's CancelRequest: a connection of its own that says a secret; the server closes it without an answer. */
function sendCancelRequest(target: DatabaseTarget, processId: number, secretKey: number): Promise<void> {
  const packet = Buffer.alloc(16);
  packet.writeInt32BE(16, 0);
  packet.writeInt32BE(cancelRequestCode, 4);
  packet.writeInt32BE(processId, 8);
  packet.writeInt32BE(secretKey, 12);
  const { host, port } = target;
  const place = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  return new Promise((resolve, reject) => {
    const socket = openClientSocket(target);
    socket.connect(place, () => socket.write(packet));
    socket.setTimeout(patienceMs, () => socket.destroy(new Error('The cancel request was not answered.')));
    socket.once('error', reject);
    socket.once('close', () => resolve());
    socket.resume();
  });
}

/**
 * Ends the backend and waits until it is gone. The process id is checked against our name and user, in case the
 * number was given to another session.
 */
async function terminateBackend(source: ClientSource, processId: number): Promise<void> {
  const client = await source.connectAlone();
  const ours = 'pid = $1 AND application_name = $2 AND usename = current_user';
  const params = [processId, applicationName];
  try {
    await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${ours}`, params);
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await delay(20)) {
      const { rowCount } = await client.query(`SELECT FROM pg_stat_activity WHERE ${ours}`, params);
      if (rowCount === 0) return;
    }
  } finally {
    await client.end();
  }
}

async function settlesWithin(settled: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const done = settled.then(
    () => true,
    () => true,
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}
