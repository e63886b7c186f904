import { z } from 'zod';
import { AppError, type Endpoint } from '../../contract/index.ts';
import { EndpointRefusal, notTheProtocol, requestJson } from './request-json.ts';

export interface EndpointOptions {
  env?: NodeJS.ProcessEnv | undefined;
  /** The key of a server that is kept, by its id; defaults to none. */
  readServerKey?: ((id: string) => Promise<string | undefined>) | undefined;
  /** For one try of one request. Defaults to two minutes: a 7B model on a CPU writes a statement in one. */
  timeoutMs?: number | undefined;
  /** Defaults to half a second. */
  backoffMs?: number | undefined;
}

export interface CompleteInput {
  /** The user's turn as text, and the same in Mistral's chat format for a server of plain completions. */
  prompt: { text: string; chatText: string };
  /** 0 takes the most probable token. */
  temperature: number;
  seed: number;
  /** Texts wanted. */
  count: number;
  maxTokens: number;
  signal: AbortSignal;
}

export interface CompletedText {
  text: string;
  /** False where the server cut it off. */
  finished: boolean;
  /** Sum over its tokens; 0 where the server tells none. */
  logProb: number;
  /** Of this text where the server tells each token, else 0. */
  tokenCount: number;
}

/** A model behind OpenAI's API. Nothing is sent before it is asked. */
export interface EndpointModel {
  readonly kind: 'endpoint';
  readonly facts: { readonly name: string; readonly targetForm: 'sql' };
  /** @throws AppError, saying what the server said */
  complete(input: CompleteInput): Promise<CompletedText[]>;
}

const defaultTimeoutMs = 120_000;
const defaultBackoffMs = 500;

const listSchema = z.object({ data: z.array(z.looseObject({ id: z.string() })) });

const tokenSchema = z.looseObject({ logprob: z.number() });
const choiceSchema = z.looseObject({
  message: z.looseObject({ content: z.string().nullable() }).optional(),
  text: z.string().optional(),
  finish_reason: z.string().nullish(),
  logprobs: z
    .looseObject({
      content: z.array(tokenSchema).nullish(),
      token_logprobs: z.array(z.number().nullable()).nullish(),
    })
    .nullish(),
});
const answerSchema = z.looseObject({ choices: z.array(choiceSchema) });

/**
 * A model of the server that the user named, of its only one where no name was given.
 * @throws INVALID_INPUT (address, missing key), CONNECTION_REFUSED, AUTH_FAILED, NOT_FOUND, TIMEOUT, REMOTE_UNREACHABLE
 */
export async function openEndpoint(
  endpoint: Endpoint,
  signal: AbortSignal,
  options: EndpointOptions = {},
): Promise<EndpointModel> {
  const { address, ask } = await reach(endpoint, options);
  const name = endpoint.model ?? (await findOnlyModel(address.models, (url) => ask(url, signal)));
  return {
    kind: 'endpoint',
    facts: { name, targetForm: 'sql' },
    complete: (input) => complete(input, address, name, ask),
  };
}

/** Names of the models that a server lists. @throws as `openEndpoint` does */
export async function listEndpointModels(
  endpoint: Endpoint,
  signal: AbortSignal,
  options: EndpointOptions = {},
): Promise<string[]> {
  const { address, ask } = await reach(endpoint, options);
  return listNames(address.models, (url) => ask(url, signal));
}

type AskServer = (url: string, signal: AbortSignal, body?: object) => Promise<unknown>;

async function reach(
  endpoint: Endpoint,
  options: EndpointOptions,
): Promise<{ address: Address; ask: AskServer }> {
  const address = resolveAddress(endpoint);
  const apiKey = await readKey(endpoint, options);
  const { timeoutMs = defaultTimeoutMs, backoffMs = defaultBackoffMs } = options;
  const ask: AskServer = (url, signal, body) =>
    requestJson({ url, body, apiKey, timeoutMs, backoffMs, signal }).catch((error: unknown) => {
      throw error instanceof EndpointRefusal ? explainRefusal(endpoint, error) : error;
    });
  return { address, ask };
}

interface Address {
  completions: string;
  chat: boolean;
  models: string;
}

/** Any of `http://host:8000`, `…/v1`, `…/v1/chat/completions`, `…/v1/completions`. */
function resolveAddress({ url }: Endpoint): Address {
  const parsed = URL.parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username || parsed.password) {
    throw new AppError('INVALID_INPUT', `${url} is no address of a server.`, {
      hint: 'Give it as http://localhost:8000/v1; a key goes into an environment variable, named by --api-key-env.',
    });
  }
  const path = parsed.pathname.replace(/\/+$/, '') || '/v1';
  const base = `${parsed.origin}${path.replace(/\/(chat\/)?completions$/, '')}`;
  const chat = !/\/completions$/.test(path) || path.endsWith('/chat/completions');
  return { chat, models: `${base}/models`, completions: `${base}/${chat ? 'chat/' : ''}completions` };
}

async function readKey(
  { apiKeyEnv, server }: Endpoint,
  { env = process.env, readServerKey }: EndpointOptions,
): Promise<string | undefined> {
  if (apiKeyEnv === undefined) return server === undefined ? undefined : readServerKey?.(server);
  const key = env[apiKeyEnv]?.trim();
  if (key) return key;
  throw new AppError('INVALID_INPUT', `The environment variable ${apiKeyEnv} holds no key.`, {
    hint: `Set ${apiKeyEnv}, or leave --api-key-env out.`,
  });
}

async function listNames(url: string, ask: (url: string) => Promise<unknown>): Promise<string[]> {
  const list = listSchema.safeParse(await ask(url));
  if (!list.success) throw notTheProtocol(url, 'its list of models is not what the API has');
  return list.data.data.map(({ id }) => id);
}

async function findOnlyModel(url: string, ask: (url: string) => Promise<unknown>): Promise<string> {
  const names = await listNames(url, ask);
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  const what = names.length === 0 ? 'serves no model' : `serves ${names.length} models`;
  throw new AppError('INVALID_INPUT', `The server ${what}.`, {
    hint: `Name one with --endpoint-model${names.length === 0 ? '' : `: ${names.slice(0, 10).join(', ')}`}.`,
  });
}

/** Asks for all texts at once; where the server gives fewer (llama-server without slots), for one after another. */
async function complete(
  input: CompleteInput,
  address: Address,
  model: string,
  ask: (url: string, signal: AbortSignal, body: object) => Promise<unknown>,
): Promise<CompletedText[]> {
  const { prompt, temperature, maxTokens, signal, count } = input;
  const texts: CompletedText[] = [];
  while (texts.length < count) {
    const body = {
      ...{ model, temperature, max_tokens: maxTokens, stream: false },
      ...(address.chat
        ? { messages: [{ role: 'user', content: prompt.text }] }
        : { prompt: prompt.chatText }),
      ...{ seed: input.seed + texts.length, n: count - texts.length, logprobs: address.chat ? true : 1 },
    };
    const answer = answerSchema.safeParse(await ask(address.completions, signal, body));
    if (!answer.success) throw notTheProtocol(address.completions, 'its answer has no choices');
    if (answer.data.choices.length === 0) break;
    texts.push(...answer.data.choices.map(readChoice));
  }
  return texts.slice(0, count);
}

function readChoice({ message, text, finish_reason, logprobs }: z.infer<typeof choiceSchema>): CompletedText {
  const weights = logprobs?.content?.map(({ logprob }) => logprob) ?? logprobs?.token_logprobs ?? [];
  return {
    text: message?.content ?? text ?? '',
    finished: finish_reason !== 'length',
    logProb: weights.reduce<number>((sum, weight) => sum + (weight ?? 0), 0),
    tokenCount: weights.length,
  };
}

function explainRefusal({ url, model, apiKeyEnv }: Endpoint, { status, message }: EndpointRefusal): AppError {
  const host = URL.parse(url)?.host ?? url;
  const said = `${host} answers ${status}${message ? `: ${message.replace(/[.\s]+$/, '')}` : ''}.`;
  const details = { status };
  if (status === 401 || status === 403) {
    const hint = apiKeyEnv
      ? `See whether ${apiKeyEnv} holds the right key.`
      : 'Name the key with --api-key-env.';
    return new AppError('AUTH_FAILED', said, { hint, details });
  }
  if (/context|too long|maximum.*token/i.test(message)) {
    const hint = 'Serve the model with a longer context, or use a role that sees fewer tables.';
    return new AppError('CONTEXT_TOO_LONG', said, { hint, details });
  }
  if (status === 404) {
    const hint = `Check the address${model ? ' and the name after --endpoint-model' : ''}; it mostly ends with /v1.`;
    return new AppError('NOT_FOUND', said, { hint, details });
  }
  if (status >= 300 && status < 400) {
    return new AppError('INVALID_INPUT', `${host} sends the request elsewhere, which is not followed.`, {
      hint: 'Give the address that it leads to.',
      details,
    });
  }
  if (status === 429 || status >= 500) {
    const hint = "It was tried four times. Wait a little, or see the server's log.";
    return new AppError('REMOTE_UNREACHABLE', said, { hint, details });
  }
  return new AppError('INVALID_INPUT', said, {
    hint: "See the server's documentation for what it takes.",
    details,
  });
}
