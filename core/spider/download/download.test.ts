import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadSpider, findOrDownloadSpider } from '../index.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let folder: string;
let zipFile: string;
let server: Server;
let url: string;
/** The answers still to come; the last one stays. */
let answers: Answer[];
let requests: IncomingMessage[];

/** Random bytes do not compress, so that the zip is long enough to break in the middle. */
const zip = Buffer.from(zipSync({ 'spider/dev.json': randomBytes(300_000, 7) }, { level: 0 }));
const changedZip = Buffer.from(zipSync({ 'spider/dev.json': randomBytes(300_000, 8) }, { level: 0 }));
const sha256 = hash(zip);
/** How much of what was sent reached the disk before the break is the system's affair. */
const fromTheMiddle = expect.stringMatching(/^bytes=[1-9]\d*-$/) as string;
const quick = { retryDelayMs: 1, stallMs: 2_000 };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-download-'));
  zipFile = join(folder, 'raw', 'spider', 'spider.zip');
  requests = [];
  server = createServer((request, response) => {
    requests.push(request);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/spider_data.zip`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

function randomBytes(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => (state = (state * 1_103_515_245 + 12_345) & 0x7fffffff) >> 16);
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A server that knows ranges, as the common ones do. */
function serve(body: Buffer, headers: Record<string, string> = { etag: '"one"' }): Answer {
  return ({ headers: asked }, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(asked.range ?? '')?.[1] ?? 0);
    const validators = Object.values(headers);
    const isSame = asked['if-range'] === undefined || validators.includes(String(asked['if-range']));
    if (start >= body.length) {
      response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
    } else if (start > 0 && isSame) {
      const range = `bytes ${start}-${body.length - 1}/${body.length}`;
      response.writeHead(206, {
        ...headers,
        'content-range': range,
        'content-length': body.length - start,
      });
      response.end(body.subarray(start));
    } else {
      response.writeHead(200, { ...headers, 'content-length': body.length }).end(body);
    }
  };
}

/** Announces everything, sends the first bytes, and cuts the connection. */
function breakAfter(bytes: number, body = zip, headers: Record<string, string> = { etag: '"one"' }): Answer {
  return (_request, response) => {
    response.writeHead(200, { ...headers, 'content-length': body.length });
    response.write(body.subarray(0, bytes), () => setTimeout(() => response.destroy(), 20));
  };
}

function page(html: string): Answer {
  return (_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
}

async function expectWhole(): Promise<void> {
  expect(hash(await readFile(zipFile))).toBe(sha256);
  expect(existsSync(`${zipFile}.part`)).toBe(false);
  expect(existsSync(`${zipFile}.part.json`)).toBe(false);
}

describe('a download', () => {
  it('arrives whole, with its hash', async () => {
    answers = [serve(zip)];
    const download = await downloadSpider({ zipFile, url, sha256, ...quick });
    expect(download).toEqual({ zipFile, bytes: zip.length, sha256 });
    await expectWhole();
  });

  it('goes on where the connection broke', async () => {
    answers = [breakAfter(100_000), (request) => request.socket.destroy(), serve(zip)];
    await downloadSpider({ zipFile, url, sha256, ...quick });
    await expectWhole();
    expect(requests.map(({ headers }) => headers.range)).toEqual([undefined, fromTheMiddle, fromTheMiddle]);
    expect(requests[2]?.headers['if-range']).toBe('"one"');
  });

  it('goes on in another process after it was given up', async () => {
    answers = [breakAfter(100_000)];
    const first = downloadSpider({ zipFile, url, sha256, ...quick, attempts: 1 });
    await expect(first).rejects.toMatchObject({
      code: 'REMOTE_UNREACHABLE',
      hint: expect.stringMatching(
        /yale-lily[\s\S]*spider_data\.zip[\s\S]*spider\.zip[\s\S]*data import/,
      ) as string,
    });
    expect(existsSync(zipFile)).toBe(false);
    answers = [serve(zip)];
    await downloadSpider({ zipFile, url, sha256, ...quick });
    await expectWhole();
    expect(requests.at(-1)?.headers.range).toEqual(fromTheMiddle);
  });

  it('starts again where the file on the server has changed since', async () => {
    answers = [breakAfter(100_000, changedZip, { etag: '"zero"' }), serve(zip)];
    await downloadSpider({ zipFile, url, sha256, ...quick });
    await expectWhole();
  });

  it('starts again where a server sends the rest of another file', async () => {
    const mixUp: Answer = (request, response) =>
      response
        .writeHead(206, {
          etag: '"one"',
          'content-range': `bytes ${/\d+/.exec(request.headers.range ?? '')?.[0]}-${zip.length - 1}/${zip.length}`,
        })
        .end(zip);
    answers = [breakAfter(100_000, changedZip, { etag: '"zero"' }), mixUp, serve(zip)];
    await downloadSpider({ zipFile, url, sha256, ...quick });
    await expectWhole();
  });

  it('is not fooled by a server without validators: the hash decides', async () => {
    answers = [breakAfter(100_000, changedZip, {}), serve(zip, {})];
    await downloadSpider({ zipFile, url, sha256, ...quick });
    await expectWhole();
    expect(requests.map(({ headers }) => headers.range)).toEqual([undefined, fromTheMiddle, undefined]);
  });

  it('takes the whole where the server knows no ranges', async () => {
    const noRanges: Answer = (_request, response) =>
      response.writeHead(200, { 'content-length': zip.length }).end(zip);
    answers = [breakAfter(100_000), noRanges];
    await downloadSpider({ zipFile, url, sha256, ...quick });
    await expectWhole();
  });

  it('is finished by a 416 where only the last rename was missing', async () => {
    await mkdir(join(zipFile, '..'), { recursive: true });
    await writeFile(`${zipFile}.part`, zip);
    await writeFile(`${zipFile}.part.json`, JSON.stringify({ url, validator: '"one"' }));
    answers = [serve(zip)];
    await downloadSpider({ zipFile, url, sha256, ...quick });
    await expectWhole();
    expect(requests).toHaveLength(1);
  });

  it('starts again after a 416 where the part is longer than the file', async () => {
    await mkdir(join(zipFile, '..'), { recursive: true });
    await writeFile(`${zipFile}.part`, Buffer.concat([zip, zip]));
    await writeFile(`${zipFile}.part.json`, JSON.stringify({ url, validator: '"one"' }));
    answers = [serve(zip)];
    await downloadSpider({ zipFile, url, sha256, ...quick });
    await expectWhole();
  });

  it('waits as long as the server asks, and tries again after a 503', async () => {
    const busy: Answer = (_request, response) => response.writeHead(503, { 'retry-after': '0' }).end();
    answers = [busy, busy, serve(zip)];
    await downloadSpider({ zipFile, url, sha256, ...quick, retryDelayMs: 60_000 });
    await expectWhole();
  });

  it('notices a connection on which nothing comes', async () => {
    const silent: Answer = (_request, response) => {
      response.writeHead(200, { etag: '"one"', 'content-length': zip.length });
      response.write(zip.subarray(0, 1000));
    };
    answers = [silent, serve(zip)];
    await downloadSpider({ zipFile, url, sha256, ...quick, stallMs: 200 });
    await expectWhole();
  });

  it("answers Google Drive's question whether one is sure", async () => {
    const question = page(`<title>Google Drive - Virus scan warning</title>
      <form id="download-form" action="/download?from=drive&amp;x=1" method="get">
      <input type="submit" value="Download anyway"/><input type="hidden" name="id" value="abc">
      <input type="hidden" name="confirm" value="t"></form>`);
    answers = [question, serve(zip)];
    await downloadSpider({ zipFile, url, sha256, ...quick });
    await expectWhole();
    expect(requests[1]?.url).toBe('/download?from=drive&x=1&id=abc&confirm=t');
  });
});

describe('a download that cannot succeed', () => {
  async function expectFailure(code: string, message: RegExp, options = {}): Promise<void> {
    await expect(downloadSpider({ zipFile, url, sha256, ...quick, ...options })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(/1\. Open https:\/\/yale-lily.github.io\/spider[\s\S]*3\. Run/) as string,
    });
    expect(existsSync(zipFile)).toBe(false);
  }

  it('says that a web page came instead of a zip, once', async () => {
    answers = [page('<html><title>Quota exceeded</title></html>')];
    await expectFailure('REMOTE_UNREACHABLE', /web page \("Quota exceeded"\) instead of a zip/);
    expect(requests).toHaveLength(1);
  });

  it('does not follow a form that leads to another site', async () => {
    answers = [
      page('<form id="download-form" action="http://example.org/x"><input name="a" value="b"></form>'),
    ];
    await expectFailure('REMOTE_UNREACHABLE', /web page/);
    expect(requests).toHaveLength(1);
  });

  it('refuses another file, and keeps nothing of it', async () => {
    answers = [serve(changedZip)];
    await expectFailure('DATASET_CORRUPT', /SHA-256 is not/);
    expect(existsSync(`${zipFile}.part`)).toBe(false);
  });

  it('refuses what is no zip, even where no hash is known', async () => {
    answers = [serve(Buffer.from('not a zip'))];
    await expectFailure('DATASET_CORRUPT', /no zip/, { sha256: undefined });
    expect(existsSync(`${zipFile}.part`)).toBe(false);
  });

  it('does not repeat a 404', async () => {
    answers = [(_request, response) => response.writeHead(404).end()];
    await expectFailure('REMOTE_UNREACHABLE', /answered 404/);
    expect(requests).toHaveLength(1);
  });

  it('gives up after some attempts that bring nothing', async () => {
    answers = [(request) => request.socket.destroy()];
    await expectFailure('REMOTE_UNREACHABLE', /could not be downloaded from 127\.0\.0\.1/, { attempts: 3 });
    expect(requests).toHaveLength(3);
  });

  it('can be cancelled, and keeps its part', async () => {
    answers = [breakAfter(100_000)];
    const controller = new AbortController();
    const cancelled = downloadSpider({
      zipFile,
      url,
      sha256,
      retryDelayMs: 60_000,
      signal: controller.signal,
      report: (message) => {
        if (message.includes('trying again')) controller.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect((await readFile(`${zipFile}.part`)).length).toBeGreaterThan(0);
  });

  it('makes no request when it is told to stay offline', async () => {
    answers = [serve(zip)];
    await expectFailure('DATASET_MISSING', /switched off/, { offline: true });
    expect(requests).toHaveLength(0);
  });
});

describe('finding the zip', () => {
  it.each(['spider.zip', 'spider_data.zip'])('takes %s where somebody put it', async (name) => {
    const spiderDir = join(folder, 'raw', 'spider');
    await mkdir(spiderDir, { recursive: true });
    await writeFile(join(spiderDir, name), zip);
    expect(await findOrDownloadSpider({ spiderDir, url })).toBe(join(spiderDir, name));
    expect(requests).toHaveLength(0);
  });

  it('downloads it where there is none', async () => {
    answers = [serve(zip)];
    expect(await findOrDownloadSpider({ spiderDir: join(zipFile, '..'), url, sha256 })).toBe(zipFile);
    await expectWhole();
  });
});
