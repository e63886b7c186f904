import { InvalidArgumentError, Option, type Command } from 'commander';
import { AppError, formatEndpoint, isLoopback, type Endpoint } from '../contract/index.ts';
import type { Console } from './console.ts';

/** What names the model that answers: a file, or a server's. */
export interface ModelFlags {
  model?: string;
  endpoint?: string;
  endpointModel?: string;
  apiKeyEnv?: string;
}

/** `--model`, or `--endpoint` with what belongs to it. */
export function addModelOptions(command: Command): Command {
  return command
    .option('--model <file>', 'a GGUF file (default: the embedded starter model)')
    .addOption(
      new Option(
        '--endpoint <url>',
        "a server that speaks OpenAI's API (vLLM, llama-server), as http://host:8000/v1",
      )
        .argParser(parseUrl)
        .conflicts('model'),
    )
    .option('--endpoint-model <name>', 'with --endpoint: which of its models (default: its only one)')
    .option(
      '--api-key-env <name>',
      'with --endpoint: the environment variable that holds its key',
      parseName,
    );
}

/**
 * What the core takes as the model's path; says where questions and schemas go.
 * @throws INVALID_INPUT for a server's flags without a server, and for a key that is not there
 */
export function chooseModel(flags: ModelFlags, console: Console): string | undefined {
  const { endpoint, endpointModel, apiKeyEnv } = flags;
  if (endpoint !== undefined) {
    const named: Endpoint = { url: endpoint, model: endpointModel, apiKeyEnv };
    requireKey(named);
    console.err(describeDestination(named));
    return formatEndpoint(named);
  }
  const without = endpointModel === undefined ? '--api-key-env' : '--endpoint-model';
  if (endpointModel === undefined && apiKeyEnv === undefined) return flags.model;
  throw new AppError('INVALID_INPUT', `${without} says nothing without a server.`, {
    hint: 'Give its address with --endpoint.',
  });
}

/** Said once here, instead of at each question. */
function requireKey({ apiKeyEnv }: Endpoint): void {
  if (apiKeyEnv === undefined || process.env[apiKeyEnv]) return;
  throw new AppError('INVALID_INPUT', `The environment variable ${apiKeyEnv} holds no key.`, {
    hint: `Set ${apiKeyEnv}, or leave --api-key-env out.`,
  });
}

function describeDestination(endpoint: Endpoint): string {
  const { origin, protocol } = new URL(endpoint.url);
  if (isLoopback(endpoint)) return `Asking ${origin}, on this machine.`;
  const open = protocol === 'http:' ? ', unencrypted' : '';
  return `Asking ${origin}: questions and the names in the schema leave this machine${open}. No row does.`;
}

function parseUrl(text: string): string {
  const url = URL.parse(text);
  const isPlain = url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.hash;
  if (isPlain) return text;
  throw new InvalidArgumentError('Give http://HOST:PORT/v1 or https://…, without a key in it.');
}

function parseName(text: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(text)) return text;
  throw new InvalidArgumentError('Give the name of an environment variable, not the key itself.');
}
