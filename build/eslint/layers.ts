/**
 * Who may import whom: a folder and the folders below it. The order is the house's; a folder that is not listed here
 * may not be imported from another one, so a new domain needs its line.
 */
const domains = {
  contract: [],
  network: ['contract'],
  sql: ['contract'],
  store: ['contract'],
  jobs: ['contract', 'store'],
  schema: ['contract', 'sql'],
  postgres: ['contract', 'network', 'sql', 'schema', 'store'],
  models: ['contract', 'network', 'sql', 'schema'],
  spider: ['contract', 'network', 'sql', 'schema'],
  demo: ['contract', 'sql', 'schema', 'postgres'],
  conversion: ['contract', 'sql', 'schema', 'postgres', 'spider'],
  dataset: ['contract', 'sql', 'schema', 'postgres', 'spider', 'conversion'],
  generation: ['contract', 'network', 'sql', 'schema', 'postgres', 'models'],
  evaluation: ['contract', 'sql', 'schema', 'postgres', 'models', 'demo', 'generation'],
  training: ['contract', 'network', 'sql', 'schema', 'models', 'dataset'],
} as const satisfies Record<string, readonly string[]>;

const allDomains = Object.keys(domains);

const allowed: Record<string, readonly string[]> = {
  ...Object.fromEntries(Object.entries(domains).map(([name, below]) => [`core/${name}`, below.map(inCore)])),
  'core/app': allDomains.map(inCore),
  'core/host': ['core/app', 'core/contract'],
  'core/cli': ['core/app', 'core/host', 'core/contract'],
  electron: ['core/app', 'core/contract'],
  renderer: ['core/contract'],
  e2e: ['build', 'core/app', 'core/host', 'core/contract'],
  // Scripts of the project itself: they generate data and run what is built.
  build: ['core/app', 'core/host', ...allDomains.map(inCore)],
};

/**
 * What opens sockets. Everything outbound goes through core/network, where offline mode is enforced and the ledger is
 * written; the others only listen. Tests may play the other side.
 */
const socketHomes = ['core/network/', 'core/host/', 'core/postgres/embedded-process.ts', 'build/', 'e2e/'];
const socketModules = ['net', 'tls', 'http', 'https', 'http2', 'dgram', 'dns', 'undici', 'ws'];

/** What the `handlers.ts` of a domain may use besides. */
const allowedForHandlers = ['core/jobs', 'core/store'];

/** Inside renderer/, from the top down. `testing` holds the fake core. */
const rendererParts: Record<string, readonly string[]> = {
  app: ['features', 'components', 'lib'],
  features: ['components', 'lib'],
  components: ['lib'],
  lib: [],
};

/** Packages that have one home. Paths are prefixes. */
const homes: Record<string, readonly string[]> = {
  electron: ['electron/'],
  pg: ['core/postgres/'],
  'pg-cursor': ['core/postgres/'],
  'better-sqlite3': ['core/store/', 'core/spider/'],
  'node-llama-cpp': ['core/generation/runtime/'],
  ssh2: ['core/postgres/', 'core/training/'],
  child_process: [
    'core/postgres/',
    'core/training/',
    'core/cli/',
    'core/models/',
    'core/generation/bench/',
    'core/jobs/testing/',
    'build/',
    'e2e/',
  ],
  // llama.cpp's quantizer and its raw loop, called in processes of their own.
  koffi: ['core/models/quantize/', 'core/models/raw-speed/'],
  '@google-cloud/storage': ['core/training/'],
};

/** `core/sql`, `renderer`, … or undefined for files at the root. */
export function layerOf(path: string): string | undefined {
  const [top, second, ...rest] = path.split('/');
  if (top === 'core') return rest.length > 0 ? `core/${second}` : undefined;
  return second === undefined ? undefined : top;
}

/**
 * Why one import is wrong, or undefined.
 * @param file the importing file, relative to the root, with slashes
 * @param target what is imported: a path like `file`, or a package's name
 */
export function findViolation(
  file: string,
  target: { path: string } | { package: string },
): string | undefined {
  return 'path' in target ? wrongLayer(file, target.path) : wrongPackage(file, target.package);
}

function wrongLayer(file: string, target: string): string | undefined {
  const [from, to] = [layerOf(file), layerOf(target)];
  if (!from || !to) return undefined;
  if (from === to) return from === 'renderer' ? wrongRendererPart(file, target) : undefined;
  if (isTest(file) && from.startsWith('core/') && to.startsWith('core/')) return undefined;
  const isHandlers = /^core\/[^/]+\/handlers\.ts$/.test(file);
  const reachable = isHandlers ? [...(allowed[from] ?? []), ...allowedForHandlers] : (allowed[from] ?? []);
  if (reachable.includes(to)) return undefined;
  return `${from} may not import ${to}. It may import: ${reachable.join(', ') || 'nothing of ours'}.`;
}

function wrongRendererPart(file: string, target: string): string | undefined {
  const [from, to] = [file.split('/'), target.split('/')];
  const [fromPart, toPart] = [from[1] ?? '', to[1] ?? ''];
  if (isTest(file) || !(fromPart in rendererParts) || !(toPart in rendererParts)) return undefined;
  if (fromPart === 'features' && toPart === 'features' && from[2] !== to[2]) {
    return `The feature ${from[2]} may not import the feature ${to[2]}. Move what they share to components or lib.`;
  }
  if (fromPart === toPart || rendererParts[fromPart]?.includes(toPart)) return undefined;
  return `renderer/${fromPart} may not import renderer/${toPart}.`;
}

function wrongPackage(file: string, name: string): string | undefined {
  const layer = layerOf(file);
  if (layer === 'core/contract' && !isTest(file) && name !== 'zod')
    return 'core/contract imports nothing but zod.';
  if (socketModules.includes(name) && !isTest(file) && !startsWithAny(file, socketHomes))
    return `${name} opens sockets: ask core/network, which enforces offline mode and writes the ledger.`;
  const home = homes[name];
  if (!home || startsWithAny(file, home)) return undefined;
  return `${name} may be imported in ${home.join(', ')} only.`;
}

function startsWithAny(file: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => file.startsWith(prefix));
}

function isTest(file: string): boolean {
  return /\.test\.tsx?$/.test(file) || file.includes('/testing/');
}

function inCore(name: string): string {
  return `core/${name}`;
}
