import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AppError } from '../../contract/index.ts';
import { openNetwork, type OutboundRequest } from '../../network/index.ts';
import { openBadLine, type BadLine } from '../testing/bad-line.ts';
import { findEmulatorProblem, startEmulator, type Emulator } from '../testing/emulator.ts';
import {
  downloadFile,
  keepTrying,
  listObjects,
  openBucket,
  readObject,
  uploadBytes,
  uploadFile,
} from './index.ts';

const problem = findEmulatorProblem();
const bucketName = 'studio';
const { signal } = new AbortController();
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'storage-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a page would have been told. */
function listen() {
  const told: { kind: 'unreachable' | 'paused'; why: AppError | undefined }[] = [];
  const trouble = {
    unreachable: (why: AppError | undefined) => void told.push({ kind: 'unreachable', why }),
    paused: (why: AppError | undefined) => void told.push({ kind: 'paused', why }),
  };
  return { told, patience: { signal, trouble, firstDelayMs: 1 } };
}

describe.skipIf(problem !== undefined)(`against an emulator${problem ? ` (${problem})` : ''}`, () => {
  let emulator: Emulator;
  let line: BadLine;
  beforeAll(async () => {
    emulator = await startEmulator(bucketName);
    line = await openBadLine(emulator.port);
  });
  afterEach(() => line.mend());
  afterAll(async () => {
    await line.close();
    await emulator.close();
  });

  const chunkBytes = 256 << 10;
  /** Straight, without the bad line. */
  const straight = () => openBucket({ bucketName, apiEndpoint: emulator.endpoint, initiator: 'test' });
  const open = (idleTimeoutMs?: number) =>
    openBucket({ bucketName, apiEndpoint: line.endpoint, initiator: 'test', idleTimeoutMs });
  const options = () => ({ signal, stateDir: join(folder, 'uploads'), chunkBytes });

  function writeLarge(bytes = 700_001) {
    const content = randomBytes(bytes);
    const path = join(folder, 'data.bin');
    writeFileSync(path, content);
    return { content, path };
  }

  it('brings a file there and back, and sends nothing that is there', async () => {
    const { content, path } = writeLarge();
    const back = join(folder, 'back.bin');
    expect(await uploadFile(open(), path, 'a/Data file?.bin', options())).toBe(true);
    expect(await downloadFile(open(), 'a/Data file?.bin', back, { signal })).toBe(true);
    expect(readFileSync(back).equals(content)).toBe(true);
    line.requests.length = 0;
    expect(await uploadFile(open(), path, 'a/Data file?.bin', options())).toBe(false);
    expect(await downloadFile(open(), 'a/Data file?.bin', back, { signal })).toBe(false);
    expect(line.requests.map((text) => text.split(' ')[0])).toEqual(['GET', 'GET']);
    expect(readdirSync(folder).toSorted()).toEqual(['back.bin', 'data.bin', 'uploads']);
    expect(readdirSync(join(folder, 'uploads'))).toEqual([]);
  });

  it.each([0, 1, 5_000])('brings %i bytes', async (bytes) => {
    const { content, path } = writeLarge(bytes);
    const back = join(folder, 'back.bin');
    await uploadFile(open(), path, `small-${bytes}`, options());
    await downloadFile(open(), `small-${bytes}`, back, { signal });
    expect(readFileSync(back).equals(content)).toBe(true);
    await uploadBytes(open(), `inline-${bytes}`, content, signal);
    expect((await readObject(open(), `inline-${bytes}`, signal))?.equals(content)).toBe(true);
  });

  it('lists page by page, and what is not there is undefined', async () => {
    for (const name of ['b', 'a', 'c/d'])
      await uploadBytes(open(), `list/${name}`, Buffer.from(name), signal);
    const { objects, answeredAt } = await listObjects(open(), 'list/', signal);
    expect(objects.map(({ name, size }) => [name, size])).toEqual([
      ['list/a', 1],
      ['list/b', 1],
      ['list/c/d', 3],
    ]);
    expect(Math.abs(answeredAt - Date.now())).toBeLessThan(5_000);
    expect(await readObject(open(), 'list/none', signal)).toBeUndefined();
  });

  /** Both ends of each chunk and of the request's head, and what lies between. */
  const cuts = [
    0, 1, 2, 17, 100, 180, 250, 400, 1_000, 65_536, 200_000, 262_143, 262_144, 262_145, 262_400, 300_000,
  ];

  it.each(cuts)('an upload that is cut after %i bytes, in any request, goes on', async (bytes) => {
    const { content, path } = writeLarge();
    const { told, patience } = listen();
    const bucket = open(5_000);
    let nth = 0;
    // The session's opening, the first, second and third chunk, each in its own try.
    for (const request of [0, 1, 2, 3]) {
      const name = `cut-${bytes}-${request}`;
      nth = 0;
      const counting = {
        ...bucket,
        send: (...parts: Parameters<typeof bucket.send>) => {
          if (parts[0].method !== undefined && nth++ === request) line.cutNext('up', bytes);
          return bucket.send(...parts);
        },
      };
      await keepTrying(() => uploadFile(counting, path, name, options()), patience);
      expect((await readObject(straight(), name, signal))?.equals(content)).toBe(true);
    }
    // Beyond a chunk nothing is cut.
    const isCut = told.some(({ kind, why }) => kind === 'unreachable' && why?.code === 'REMOTE_UNREACHABLE');
    expect(isCut).toBe(bytes < 300_000);
    if (isCut) expect(told.at(-1)).toEqual({ kind: 'unreachable', why: undefined });
  });

  it.each(cuts)('the answer to an upload may be cut after %i bytes', async (bytes) => {
    const { content, path } = writeLarge(300_000);
    const { patience } = listen();
    for (const request of [0, 1, 2]) {
      const name = `answer-${bytes}-${request}`;
      const bucket = open(5_000);
      let nth = 0;
      const counting = {
        ...bucket,
        send: (...parts: Parameters<typeof bucket.send>) => {
          if (parts[0].method !== undefined && nth++ === request) line.cutNext('down', bytes);
          return bucket.send(...parts);
        },
      };
      await keepTrying(() => uploadFile(counting, path, name, options()), patience);
      expect((await readObject(straight(), name, signal))?.equals(content)).toBe(true);
    }
  });

  it('a download that is cut anywhere is never whole before it is, and goes on at the byte', async () => {
    const { content, path } = writeLarge();
    await uploadFile(straight(), path, 'down', options());
    for (const bytes of [...cuts, 500_000, 700_000, 700_100, 700_200]) {
      const back = join(folder, `back-${bytes}.bin`);
      const bucket = open(5_000);
      const cutting = {
        ...bucket,
        send: (...parts: Parameters<typeof bucket.send>) => {
          if (parts[0].url.includes('alt=media')) line.cutNext('down', bytes);
          return bucket.send(...parts);
        },
      };
      const failure = await downloadFile(cutting, 'down', back, { signal }).then(
        () => undefined,
        (error: AppError) => error.code,
      );
      expect(existsSync(back)).toBe(failure === undefined);
      const part = join(folder, `.back-${bytes}.bin.part`);
      const here = existsSync(part) ? statSync(part).size : 0;
      line.requests.length = 0;
      let first: number | undefined;
      const onBytes = (done: number) => (first ??= done);
      await downloadFile(bucket, 'down', back, { signal, onBytes });
      expect(readFileSync(back).equals(content)).toBe(true);
      if (here > 0 && here < content.length) expect(first).toBeGreaterThan(here);
    }
  });

  it('an upload goes on after the app was closed, in the session that it had', async () => {
    const { content, path } = writeLarge();
    const bucket = open(5_000);
    let nth = 0;
    const cutting = {
      ...bucket,
      send: (...parts: Parameters<typeof bucket.send>) => {
        if (parts[0].method === 'PUT' && nth++ === 1) line.cutNext('up', 100_000);
        return bucket.send(...parts);
      },
    };
    await expect(uploadFile(cutting, path, 'later', options())).rejects.toMatchObject({
      code: 'REMOTE_UNREACHABLE',
    });
    line.requests.length = 0;
    const offsets: number[] = [];
    await uploadFile(open(), path, 'later', { ...options(), onBytes: (done) => offsets.push(done) });
    // Nothing of what had arrived is sent again, and no second session is opened.
    expect(offsets[0]).toBeGreaterThan(chunkBytes);
    expect(line.requests.filter((text) => text.startsWith('POST'))).toEqual([]);
    expect((await readObject(straight(), 'later', signal))?.equals(content)).toBe(true);
  });

  it('a byte that changes on the way is found, and brought again', async () => {
    const { content, path } = writeLarge();
    await uploadFile(straight(), path, 'flip', options());
    for (const fromEnd of [1, 2, 1_000, 350_000, 700_001]) {
      const back = join(folder, `flip-${fromEnd}.bin`);
      line.flipNext(fromEnd, 600_000);
      line.requests.length = 0;
      expect(await downloadFile(open(), 'flip', back, { signal })).toBe(true);
      expect(readFileSync(back).equals(content)).toBe(true);
      expect(line.requests.filter((text) => text.includes('alt=media'))).toHaveLength(2);
    }
  });

  it('a line that always changes a byte is refused in words, and leaves nothing', async () => {
    const { path } = writeLarge();
    await uploadFile(straight(), path, 'always', options());
    const back = join(folder, 'back.bin');
    const bucket = open();
    const flipping = {
      ...bucket,
      send: (...parts: Parameters<typeof bucket.send>) => {
        line.flipNext(5, 600_000);
        return bucket.send(...parts);
      },
    };
    await expect(downloadFile(flipping, 'always', back, { signal })).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
    });
    line.mend();
    expect(readdirSync(folder).filter((name) => name.includes('back'))).toEqual([]);
  });

  it('an object that is changed while it is brought is begun again', async () => {
    const { path } = writeLarge();
    const bucket = open(5_000);
    await uploadFile(straight(), path, 'moving', options());
    const other = randomBytes(600_000);
    const otherPath = join(folder, 'other.bin');
    writeFileSync(otherPath, other);
    const back = join(folder, 'back.bin');
    const cutting = {
      ...bucket,
      send: (...parts: Parameters<typeof bucket.send>) => {
        if (parts[0].url.includes('alt=media')) line.cutNext('down', 400_000);
        return bucket.send(...parts);
      },
    };
    await expect(downloadFile(cutting, 'moving', back, { signal })).rejects.toMatchObject({
      code: 'REMOTE_UNREACHABLE',
    });
    await uploadFile(straight(), otherPath, 'moving', options());
    expect(existsSync(back)).toBe(false);
    await downloadFile(bucket, 'moving', back, { signal });
    expect(readFileSync(back).equals(other)).toBe(true);
  });

  it('a file that changes while it is sent arrives as it is at last', async () => {
    const { path } = writeLarge();
    const bucket = open();
    const last = randomBytes(650_000);
    let nth = 0;
    const changing = {
      ...bucket,
      send: (...parts: Parameters<typeof bucket.send>) => {
        if (parts[0].method === 'PUT' && nth++ === 1) writeFileSync(path, last);
        return bucket.send(...parts);
      },
    };
    await uploadFile(changing, path, 'changing', options());
    expect((await readObject(straight(), 'changing', signal))?.equals(last)).toBe(true);
  });

  it('an expired credential pauses, says what to do, and goes on by itself', async () => {
    const { content, path } = writeLarge();
    const { told, patience } = listen();
    // Twice for each try: with the token that is there, and with a new one.
    line.answerNext(5, 401);
    await keepTrying(() => uploadFile(open(), path, 'expired', options()), patience);
    expect((await readObject(straight(), 'expired', signal))?.equals(content)).toBe(true);
    const pauses = told.filter(({ kind, why }) => kind === 'paused' && why);
    expect(pauses).toHaveLength(2);
    expect(pauses[0]?.why).toMatchObject({
      code: 'AUTH_FAILED',
      message: 'Google does not accept the sign-in any more: Invalid Credentials',
      hint: expect.stringContaining('gcloud auth application-default login'),
    });
    expect(told.at(-1)).toEqual({ kind: 'paused', why: undefined });
  });

  it('missing rights pause; an overloaded service is waited for; a missing bucket ends it', async () => {
    const { path } = writeLarge(10);
    const { told, patience } = listen();
    line.answerNext(1, 403);
    await keepTrying(() => uploadFile(open(), path, 'rights', options()), patience);
    expect(told[0]).toMatchObject({ kind: 'paused', why: { code: 'PERMISSION_DENIED' } });
    line.answerNext(2, 503);
    await keepTrying(() => uploadFile(open(), path, 'load', options()), patience);
    expect(told.filter(({ kind, why }) => kind === 'unreachable' && why)).toHaveLength(2);
    const none = openBucket({ bucketName: 'none', apiEndpoint: emulator.endpoint, initiator: 'test' });
    await expect(keepTrying(() => uploadFile(none, path, 'x', options()), patience)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('every request is in the ledger, as one of storage', async () => {
    const lines: OutboundRequest[] = [];
    const close = openNetwork({
      policy: { read: () => ({ offline: true, allowedHosts: [] }) },
      ledger: { begin: (request) => lines.push(request), end: () => undefined },
    });
    try {
      await uploadBytes(straight(), 'ledger', Buffer.from('x'), signal);
    } finally {
      close();
    }
    expect(lines).toMatchObject([
      { host: '127.0.0.1', purpose: 'storage', method: 'POST', initiator: 'test' },
    ]);
  });
});

describe('signing in', () => {
  /** A key that Google has never seen. */
  function writeKey() {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2_048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const path = join(folder, 'key.json');
    const key = {
      type: 'service_account',
      client_email: 'a@b.iam.gserviceaccount.com',
      private_key: privateKey,
    };
    writeFileSync(path, JSON.stringify({ ...key, project_id: 'p', private_key_id: '1' }));
    return path;
  }

  const google = (keyPath: string) =>
    openBucket({ bucketName, keyPath, apiEndpoint: '', initiator: 'gs://studio' });

  it('passes the gate too: offline, nothing is sent, and it pauses until the switch is off', async () => {
    const lines: OutboundRequest[] = [];
    const close = openNetwork({
      policy: { read: () => ({ offline: true, allowedHosts: [] }) },
      ledger: { begin: (request) => lines.push(request), end: () => undefined },
    });
    try {
      await expect(readObject(google(writeKey()), 'a', signal)).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
        details: { reason: 'offline' },
      });
    } finally {
      close();
    }
    expect(lines.length).toBeGreaterThan(0);
    for (const entry of lines)
      expect(entry).toMatchObject({ host: 'oauth2.googleapis.com', purpose: 'storage' });
  });

  it('says where it looked when nobody is signed in', async () => {
    await expect(readObject(google(join(folder, 'none.json')), 'a', signal)).rejects.toMatchObject({
      code: 'AUTH_FAILED',
      message: `Nobody is signed in to Google on this machine: there is no ${join(folder, 'none.json')}.`,
    });
  });
});
