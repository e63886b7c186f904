import { AppError, type DatabaseSchema, type Endpoint, type ModelServerTest } from '../../contract/index.ts';
import { buildChatPrompt } from '../../schema/index.ts';
import { listEndpointModels, openEndpoint, type EndpointOptions } from './endpoint-model.ts';

/** Small, so that a test costs little, and nothing of the user's. */
const schema: DatabaseSchema = {
  ...{ database: 'test', serverVersion: '18.0', searchPath: ['public'] },
  tables: [
    {
      ...{ namespace: 'public', name: 'customers', kind: 'table', primaryKey: ['id'], foreignKeys: [] },
      columns: [
        { name: 'id', type: 'bigint', nullable: false },
        { name: 'name', type: 'text', nullable: false },
      ],
    },
  ],
};

const maxTokens = 64;

/** Asks a server for its models, and one of them for a statement on a made-up table. What goes wrong is data. */
export async function testEndpoint(
  endpoint: Endpoint,
  signal: AbortSignal,
  options: EndpointOptions = {},
): Promise<ModelServerTest> {
  try {
    const started = performance.now();
    const models = await listEndpointModels(endpoint, signal, options);
    const latencyMs = performance.now() - started;
    const [only] = models;
    const model = endpoint.model ?? (models.length === 1 ? only : undefined);
    if (model === undefined) return { kind: 'ok', models, latencyMs };
    return { kind: 'ok', models, latencyMs, ...(await write({ ...endpoint, model }, signal, options)) };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'failed', error: AppError.from(error).toPayload() };
  }
}

async function write(endpoint: Endpoint, signal: AbortSignal, options: EndpointOptions) {
  const opened = await openEndpoint(endpoint, signal, options);
  const prompt = buildChatPrompt({ schema, question: 'How many customers are there?' });
  const input = { prompt, temperature: 0, seed: 0, count: 1, maxTokens, signal };
  const [text] = await opened.complete(input);
  return { written: text?.text.trim() ?? '', probabilities: (text?.tokenCount ?? 0) > 0 };
}
