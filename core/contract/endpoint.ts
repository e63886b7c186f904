/**
 * A model that another program serves over HTTP, as OpenAI's API has it (vLLM, llama-server). Where a model's file can
 * be named, its address can, too: the server's address with what else is known behind `#`.
 */
export interface Endpoint {
  /** http or https, without what follows `#`. */
  url: string;
  /** Defaults to the only model that the server lists. */
  model?: string | undefined;
  /** Name of the environment variable that holds the key; the key itself is never part of an address. */
  apiKeyEnv?: string | undefined;
  /** Id of a server that is kept, whose key the secret store has. */
  server?: string | undefined;
}

/** `http://localhost:8000/v1#model=mistral&api-key-env=KEY`: what stands where a model's path does. */
export function formatEndpoint({ url, model, apiKeyEnv, server }: Endpoint): string {
  const known = { model, 'api-key-env': apiKeyEnv, server };
  const pairs = Object.entries(known).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const parameters = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? url : `${url}#${parameters.join('&')}`;
}

/** The server that a model's path names, or undefined for a file. */
export function parseEndpoint(path: string): Endpoint | undefined {
  if (!/^https?:\/\//i.test(path)) return undefined;
  const [url = '', ...rest] = path.split('#');
  const parameters = rest.join('#').split('&').filter(Boolean);
  const known = new Map(
    parameters.map((parameter) => {
      const [name = '', ...value] = parameter.split('=');
      return [name, decodeURIComponent(value.join('='))];
    }),
  );
  return {
    url,
    ...(known.has('model') ? { model: known.get('model') ?? '' } : {}),
    ...(known.has('api-key-env') ? { apiKeyEnv: known.get('api-key-env') ?? '' } : {}),
    ...(known.has('server') ? { server: known.get('server') ?? '' } : {}),
  };
}

/** Whether the server is this machine: what is sent to it does not leave. */
export function isLoopback({ url }: Endpoint): boolean {
  const host = /^https?:\/\/(?:[^/@]*@)?(\[[^\]]+\]|[^/:?#]+)/i.exec(url)?.[1]?.toLowerCase() ?? '';
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
