import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { formatEndpoint, isLoopback, parseEndpoint } from '../../contract/index.ts';
import { locateStarterModel } from '../../models/index.ts';
import { buildChatPrompt } from '../../schema/index.ts';
import type { GenerationEvent } from '../generation-event.ts';
import { generate } from '../generate.ts';
import { createModelPool, loadLanguageModel, type LanguageModel } from '../runtime/index.ts';
import { shopSchema } from '../testing/shop-schema.ts';
import { openEndpoint } from './endpoint-model.ts';
import { findStatement } from './generate-remote.ts';

interface Asked {
  url: string;
  authorization: string | undefined;
  body: Record<string, unknown>;
}

type Answer = (asked: Asked, response: ServerResponse) => void | Promise<void>;

const never = new AbortController().signal;
const question = 'How many customers are there?';
const asked: Asked[] = [];
let answer: Answer;
let server: Server;
let url = '';

const say = (response: ServerResponse, status: number, body: unknown, headers = {}) =>
  void response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
const choices = (...texts: string[]) => ({
  choices: texts.map((content) => ({
    message: { role: 'assistant', content },
    finish_reason: 'stop',
    logprobs: {
      content: [
        { token: 'a', logprob: -0.25 },
        { token: 'b', logprob: -0.5 },
      ],
    },
  })),
});

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const body = text ? (JSON.parse(text) as Asked['body']) : {};
  return { url: request.url ?? '', authorization: request.headers.authorization, body };
}

beforeAll(async () => {
  server = createServer((request, response) => {
    void read(request).then((found) => {
      asked.push(found);
      if (found.url.endsWith('/models')) return say(response, 200, { data: [{ id: 'served' }] });
      return answer(found, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
afterEach(() => void asked.splice(0));

const open = (options = {}, at = url) => openEndpoint({ url: at, ...options }, never, { backoffMs: 1 });

async function write(maxCandidates: number, at = url): Promise<GenerationEvent[]> {
  const model = await open({}, at);
  const input = { model, schema: shopSchema, question, hints: [], maxCandidates, signal: never };
  return Array.fromAsync(generate(input));
}

const complete = async (signal = never, timeoutMs = 10_000) => {
  const model = await openEndpoint({ url, model: 'served' }, never, { backoffMs: 1, timeoutMs });
  const prompt = { text: 'text', chatText: '[INST] text [/INST]' };
  return model.complete({ prompt, temperature: 0, seed: 0, count: 1, maxTokens: 9, signal });
};

describe('candidates', () => {
  test('come from the one prompt, greedy first, the others in one request with seeds', async () => {
    answer = ({ body }, response) =>
      say(
        response,
        200,
        body['n'] === 1
          ? choices('SELECT count(*) FROM customers')
          : choices('select count(*) from customers', '```sql\nSELECT count(id) FROM customers;\n```'),
      );
    const events = await write(3);
    const [list, greedy, drawn] = asked;
    expect(list?.url).toBe('/v1/models');
    const { text } = buildChatPrompt({ schema: shopSchema, question });
    expect(greedy).toMatchObject({
      url: '/v1/chat/completions',
      authorization: undefined,
      body: { model: 'served', temperature: 0, n: 1, messages: [{ role: 'user', content: text }] },
    });
    expect(drawn?.body).toMatchObject({ temperature: 0.8, n: 2, seed: 1 });
    const candidates = events.filter((event) => event.kind === 'candidate').map((event) => event.candidate);
    expect(candidates.map(({ sql }) => sql.replaceAll(/\s+/g, ' ').toLowerCase())).toEqual([
      expect.stringMatching(/^select count\(\*\) from customers/),
      expect.stringMatching(/^select count\(id\) from customers/),
    ]);
    expect(candidates[0]).toMatchObject({ logProb: -0.75, tokenCount: 2, finished: true });
  });

  test('are asked for one by one where the server gives one for each request', async () => {
    let count = 0;
    answer = (_, response) => say(response, 200, choices(`SELECT ${count++}`));
    const events = await write(4);
    expect(events.filter(({ kind }) => kind === 'candidate')).toHaveLength(4);
    expect(asked.slice(1).map(({ body }) => body['seed'])).toEqual([0, 1, 2, 3]);
  });

  test('a server of plain completions gets the prompt in its chat format', async () => {
    answer = (_, response) =>
      say(response, 200, { choices: [{ text: ' SELECT 1', finish_reason: 'length' }] });
    const events = await write(1, `${url}/completions`);
    expect(asked.at(-1)).toMatchObject({
      url: '/v1/completions',
      body: { prompt: buildChatPrompt({ schema: shopSchema, question }).chatText },
    });
    expect(events.at(-1)).toMatchObject({ candidate: { finished: false } });
  });
});

describe('a model that runs here, served over HTTP', () => {
  let model: LanguageModel;
  beforeAll(async () => {
    model = await loadLanguageModel(locateStarterModel());
  });
  afterAll(() => model.dispose());

  test('is asked through the pool like a file, and writes what it writes without HTTP', async () => {
    const local = { model, schema: shopSchema, question, hints: [], maxCandidates: 1, signal: never };
    const direct = (await Array.fromAsync(generate(local))).at(-1);
    answer = async (_, response) => {
      const last = (await Array.fromAsync(generate(local))).at(-1);
      say(response, 200, choices(last?.kind === 'candidate' ? last.candidate.sql : ''));
    };
    const pool = createModelPool();
    const turn = await pool.acquire(formatEndpoint({ url }), never);
    expect(turn.model.facts.name).toBe('served');
    const remote = (await Array.fromAsync(generate({ ...local, model: turn.model }))).at(-1);
    if (direct?.kind !== 'candidate' || remote?.kind !== 'candidate') throw new Error('No statement came.');
    expect(remote.candidate.sql).toBe(direct.candidate.sql);
    await pool.close();
  });
});

describe('a server that is in trouble', () => {
  test('is asked again while it is busy or fails, and no more than four times', async () => {
    const statuses = [429, 503, 200];
    answer = (_, response) => {
      const status = statuses.shift() ?? 500;
      say(response, status, status === 200 ? choices('SELECT 1') : { error: { message: 'busy' } }, {
        'retry-after': '0',
      });
    };
    expect(await complete()).toMatchObject([{ text: 'SELECT 1' }]);
    expect(asked).toHaveLength(3);
    await expect(complete()).rejects.toMatchObject({
      code: 'REMOTE_UNREACHABLE',
      message: expect.stringMatching(/answers 500: busy\.$/),
      hint: expect.stringMatching(/four times/),
    });
    expect(asked).toHaveLength(3 + 4);
  });

  test.each([
    ['a wrong key', 401, { error: { message: 'bad key' } }, 'AUTH_FAILED'],
    ['an unknown model', 404, { message: 'no such model' }, 'NOT_FOUND'],
    [
      'too long a prompt',
      400,
      { error: { message: "the model's maximum context length" } },
      'CONTEXT_TOO_LONG',
    ],
    ['another refusal', 422, { detail: 'n must be 1' }, 'INVALID_INPUT'],
    ['a page of HTML', 200, '<html>', 'INVALID_INPUT'],
    ['no choices', 200, { text: 'hello' }, 'INVALID_INPUT'],
  ])('%s is told at once, with what the server says and what to do', async (_, status, body, code) => {
    answer = (__, response) => say(response, status, body);
    await expect(complete()).rejects.toMatchObject({ code, hint: expect.any(String) });
    expect(asked).toHaveLength(1);
  });

  test("a web server's page is told by its status, not by its HTML", async () => {
    answer = (_, response) => say(response, 404, '<!DOCTYPE html><title>Nothing</title>');
    await expect(complete()).rejects.toMatchObject({ message: expect.not.stringContaining('<') });
  });

  test('a redirect is not followed', async () => {
    answer = (_, response) => say(response, 302, '', { location: 'http://127.0.0.1:1/v1' });
    await expect(complete()).rejects.toMatchObject({ message: expect.stringMatching(/not followed/) });
  });

  test('no answer in time, a cancel, and nobody there', async () => {
    answer = () => undefined;
    await expect(complete(never, 100)).rejects.toMatchObject({ code: 'TIMEOUT' });
    const controller = new AbortController();
    const running = complete(controller.signal);
    setTimeout(() => controller.abort(new Error('gone')), 50);
    await expect(running).rejects.toThrow('gone');
    server.closeAllConnections();
    const nobody = openEndpoint({ url: 'http://127.0.0.1:9/v1' }, never, { backoffMs: 1 });
    await expect(nobody).rejects.toMatchObject({ code: expect.stringMatching(/REFUSED|UNREACHABLE/) });
  });
});

describe('an address', () => {
  test('names the server, its model and the variable of its key, never the key', async () => {
    const endpoint = { url: 'https://ask.example/v1', model: 'a/b:c d', apiKeyEnv: 'KEY' };
    expect(parseEndpoint(formatEndpoint(endpoint))).toEqual(endpoint);
    expect(parseEndpoint('/models/http.gguf')).toBeUndefined();
    expect([isLoopback({ url }), isLoopback({ url: 'http://[::1]:8/v1' }), isLoopback(endpoint)]).toEqual([
      ...[true, true, false],
    ]);
    await expect(open({}, 'http://user:secret@127.0.0.1/v1')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    answer = (_, response) => say(response, 200, choices('SELECT 1'));
    const env = { KEY: 'secret' };
    const model = await openEndpoint({ url, model: 'm', apiKeyEnv: 'KEY' }, never, { env });
    const prompt = { text: 't', chatText: 't' };
    await model.complete({ prompt, temperature: 0, seed: 0, count: 1, maxTokens: 1, signal: never });
    expect(asked.at(-1)?.authorization).toBe('Bearer secret');
    await expect(openEndpoint({ url, apiKeyEnv: 'KEY' }, never, { env: {} })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});

test.each([
  ['SELECT 1', 'SELECT 1'],
  ['<think>which table?</think>\n\nSELECT 2', 'SELECT 2'],
  ['Here it is:\n```sql\nSELECT 3\n```\nIt counts.', 'SELECT 3'],
  ['```\nSELECT 4', 'SELECT 4'],
])('the statement of %j is %j', (text, sql) => {
  expect(findStatement(text)).toBe(sql);
});
