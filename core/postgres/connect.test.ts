import { connect, createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppError } from '../contract/index.ts';
import { openDatabase } from './database.ts';
import type { DatabaseTarget } from './target.ts';
import { testConnection } from './test-connection.ts';
import { startTestServer, testAuthorityFile } from './testing/start-test-server.ts';
import type { TestServer } from './testing/start-test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ tls: true });
});
afterAll(() => server?.stop());

/** Whether the session is encrypted, as the server sees it; or the error's code and message. */
async function dial(changes: Partial<DatabaseTarget>): Promise<string> {
  const database = openDatabase({ ...server.target(), ...changes });
  const sql = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
  try {
    const { rows } = await database.runReadOnly(sql);
    return rows[0]?.[0] === true ? 'encrypted' : 'plain';
  } catch (error) {
    const { code, message, hint } = error as AppError;
    return `${code}: ${message} ${hint}`;
  } finally {
    await database.close();
  }
}

it('looks for names where it is told to, whatever the place is called', async () => {
  const names = ['My "own" \\ place', 'plain'];
  const database = openDatabase({ ...server.target(), searchPath: names });
  const { rows } = await database.runReadOnly(
    "SELECT current_setting('search_path'), current_setting('default_transaction_read_only')",
  );
  expect(rows).toEqual([['"My ""own"" \\ place","plain"', 'on']]);
  await database.close();
});

describe('TLS modes', () => {
  it.each([
    ['disable', {}, 'plain'],
    ['prefer', {}, 'encrypted'],
    ['require', {}, 'encrypted'],
    ['require', { sslRootCert: testAuthorityFile }, 'encrypted'],
    ['verify-ca', { sslRootCert: testAuthorityFile }, 'encrypted'],
    ['verify-full', { sslRootCert: testAuthorityFile, host: 'localhost' }, 'encrypted'],
    // The certificate is for localhost, not for the address.
    [
      'verify-full',
      { sslRootCert: testAuthorityFile, host: '127.0.0.1' },
      'CONNECTION_REFUSED: The certificate of',
    ],
    // Not signed by an authority that the machine trusts.
    ['verify-ca', {}, 'CONNECTION_REFUSED: The certificate of'],
    ['verify-full', { host: 'localhost' }, 'CONNECTION_REFUSED: The certificate of'],
  ] as const)('%s %o', async (sslMode, changes, expected) => {
    expect(await dial({ sslMode, ...changes })).toContain(expected);
  });

  it('a test says whether the connection is encrypted', async () => {
    const result = await testConnection({ ...server.target(), sslMode: 'require' });
    expect(result).toMatchObject({ ok: true, encrypted: true });
  });

  it('a cancel reaches a server that was reached by TLS', async () => {
    const database = openDatabase({ ...server.target(), sslMode: 'require' });
    const stop = AbortSignal.timeout(300);
    const started = performance.now();
    await expect(database.runReadOnly('SELECT pg_sleep(60)', { signal: stop })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(performance.now() - started).toBeLessThan(1_500);
    await database.close();
  });
});

describe('through a connection pooler that knows no start-up options', () => {
  let pooler: Server;
  const refused: string[] = [];

  beforeAll(async () => {
    pooler = createServer((client) => {
      client.once('data', (packet) => {
        if (packet.includes('default_transaction_read_only')) {
          refused.push('options');
          client.end(createErrorPacket('08P01', 'unsupported startup parameter: options'));
          return;
        }
        const upstream = connect(server.port, '127.0.0.1', () => upstream.write(packet));
        client.pipe(upstream).pipe(client);
        client.on('error', () => upstream.destroy());
        upstream.on('error', () => client.destroy());
      });
    });
    await new Promise<void>((resolve) => pooler.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => void pooler.close());

  it('connects without them, and still cannot write', async () => {
    const { port } = pooler.address() as AddressInfo;
    const database = openDatabase({ ...server.target(), port });
    const { rows } = await database.runReadOnly("SELECT current_setting('default_transaction_read_only')");
    expect(rows).toEqual([['off']]);
    expect(refused).toEqual(['options']);
    await expect(database.runReadOnly('CREATE TABLE t (id int)')).rejects.toMatchObject({
      code: 'SQL_NOT_READ_ONLY',
    });
    await database.close();
  });
});

/** PostgreSQL's ErrorResponse: a field is a letter and a text that ends with NUL. */
function createErrorPacket(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.from('E\0\0\0\0');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

describe('a server that says nothing', () => {
  it('is given up on by a test after five seconds', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const started = performance.now();
    const result = await testConnection({ ...server.target(), port });
    expect(result).toMatchObject({ ok: false, code: 'CONNECTION_REFUSED' });
    expect(performance.now() - started).toBeLessThan(6_500);
    silent.close();
  });

  it('can be given up on at once', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const database = openDatabase({ ...server.target(), port });
    const started = performance.now();
    const outcome = database.runReadOnly('SELECT 1', { signal: AbortSignal.timeout(100) });
    await expect(outcome).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(performance.now() - started).toBeLessThan(1_000);
    silent.close();
  });
});
