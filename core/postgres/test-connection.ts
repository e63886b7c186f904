import type { ConnectionTest } from '../contract/index.ts';
import { createClientSource } from './connect.ts';
import { mapConnectError } from './errors.ts';
import type { DatabaseTarget } from './target.ts';

const testTimeoutMs = 5_000;
/** The first version that the app reads: 12. */
const oldestVersion = 120_000;

/** Connects once, within 5 s, and says what it found. A server that refuses is an answer, not an error. */
export async function testConnection(target: DatabaseTarget, signal?: AbortSignal): Promise<ConnectionTest> {
  const source = createClientSource(target, testTimeoutMs);
  try {
    const client = await source.acquire(signal);
    const startedAt = performance.now();
    const { rows } = await client.query<{ version: string; number: string }>(
      `SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number`,
    );
    const latencyMs = performance.now() - startedAt;
    const { connection } = client as unknown as { connection: { stream: { encrypted?: boolean } } };
    client.release();
    const serverVersion = rows[0]?.version.split(' ')[0] ?? '';
    if (Number(rows[0]?.number) < oldestVersion) return describeOld(serverVersion);
    return { ok: true, serverVersion, encrypted: connection.stream.encrypted === true, latencyMs };
  } catch (error) {
    if (signal?.aborted) throw error;
    const { code, message, hint } = mapConnectError(error, target);
    return { ok: false, code, message, hint };
  } finally {
    await source.close();
  }
}

function describeOld(version: string): ConnectionTest {
  const message = `The server runs PostgreSQL ${version}; this app reads 12 and later.`;
  return { ok: false, code: 'INVALID_INPUT', message, hint: 'Choose a newer server.' };
}
