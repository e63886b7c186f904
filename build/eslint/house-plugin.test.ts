import { ESLint } from 'eslint';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import tseslint from 'typescript-eslint';

/** The project's own configuration; only the rules that need types are off, since planted files are not on disk. */
const eslint = new ESLint({
  cwd: resolve(import.meta.dirname, '..', '..'),
  overrideConfig: [
    tseslint.configs.disableTypeChecked,
    {
      languageOptions: { parserOptions: { projectService: false } },
      rules: { '@typescript-eslint/no-unused-vars': 0 },
    },
  ] as ESLint.Options['overrideConfig'],
});

/** `rule: message` of everything that the configuration reports for a file planted at this path. */
async function lint(filePath: string, code: string): Promise<string[]> {
  const results = await eslint.lintText(`${code}\n`, { filePath });
  return results.flatMap((result) => result.messages.map((m) => `${m.ruleId}: ${m.message}`));
}

const use = (source: string) => `import { x } from '${source}';\nexport const y = x;`;

describe('layers: planted violations are reported', () => {
  it.each([
    ['contract reaches up', 'core/contract/planted.ts', '../sql/index.ts'],
    ['contract takes a package', 'core/contract/planted.ts', 'ws'],
    ['contract takes Node', 'core/contract/planted.ts', 'node:fs'],
    ['sql reaches up', 'core/sql/planted.ts', '../schema/index.ts'],
    ['a deep file reaches up', 'core/sql/sketch/planted.ts', '../../postgres/index.ts'],
    ['schema reaches up', 'core/schema/planted.ts', '../postgres/index.ts'],
    ['postgres reaches up', 'core/postgres/planted.ts', '../demo/index.ts'],
    ['models reaches up', 'core/models/planted.ts', '../generation/index.ts'],
    ['models takes the store outside its handlers', 'core/models/planted.ts', '../store/index.ts'],
    ['spider reaches up', 'core/spider/planted.ts', '../conversion/index.ts'],
    ['generation reaches up', 'core/generation/planted.ts', '../evaluation/index.ts'],
    ['handlers reach app', 'core/models/handlers.ts', '../app/index.ts'],
    ['host takes a domain', 'core/host/planted.ts', '../postgres/index.ts'],
    ['cli takes a domain', 'core/cli/commands/planted.ts', '../../postgres/index.ts'],
    ['app takes a host', 'core/app/planted.ts', '../host/index.ts'],
    ['core takes the shell', 'core/app/planted.ts', '../../electron/main.ts'],
    ['the shell takes a domain', 'electron/planted.ts', '../core/postgres/index.ts'],
    ['the renderer takes the core', 'renderer/lib/planted.ts', '../../core/app/index.ts'],
    ['the renderer takes the shell', 'renderer/lib/planted.ts', '../../electron/preload.ts'],
    ['a feature takes another', 'renderer/features/ask/planted.tsx', '../history/list.tsx'],
    ['a component takes a feature', 'renderer/components/planted.tsx', '../features/ask/page.tsx'],
    ['a new folder has no line yet', 'core/novelty/planted.ts', '../sql/index.ts'],
  ])('%s', async (_name, file, source) => {
    expect(await lint(file, use(source))).toEqual([expect.stringMatching(/^house\/layers: /)]);
  });

  it.each([
    ['electron', 'core/app/planted.ts'],
    ['electron', 'renderer/lib/planted.ts'],
    ['electron/main', 'core/host/planted.ts'],
    ['pg', 'core/demo/planted.ts'],
    ['pg-cursor', 'core/generation/planted.ts'],
    ['better-sqlite3', 'core/postgres/planted.ts'],
    ['node-llama-cpp', 'core/generation/planted.ts'],
    ['ssh2', 'core/models/planted.ts'],
    ['child_process', 'core/sql/planted.ts'],
    ['node:child_process', 'core/store/planted.ts'],
    ['@google-cloud/storage', 'core/models/planted.ts'],
  ])('%s has another home than %s', async (source, file) => {
    expect(await lint(file, use(source))).toEqual([expect.stringMatching(/^house\/layers: .* only\.$/)]);
  });

  it.each([
    ['export from', "export { x } from 'pg';"],
    ['export all', "export * from 'pg';"],
    ['a dynamic import', "export const load = () => import('pg');"],
    ['a type import', "export type Pool = import('pg').Pool;"],
    ['import type', "import type { Pool } from 'pg';\nexport type P = Pool;"],
  ])('%s counts as an import', async (_name, code) => {
    expect(await lint('core/sql/planted.ts', code)).toContainEqual(expect.stringContaining('house/layers'));
  });
});

describe('one place speaks to other machines', () => {
  it.each(['node:net', 'node:tls', 'https', 'http2', 'dgram', 'node:dns/promises', 'undici', 'ws'])(
    '%s opens sockets elsewhere',
    async (source) => {
      const messages = await lint('core/generation/planted.ts', use(source));
      expect(messages).toEqual([expect.stringMatching(/^house\/layers: .*core\/network/)]);
    },
  );

  it.each([
    ['core/spider/planted.ts', "export const page = fetch('https://example.com');"],
    ['core/spider/planted.ts', "export const page = globalThis.fetch('https://example.com');"],
    ['core/models/planted.ts', "export const socket = new WebSocket('wss://example.com');"],
    [
      'core/postgres/planted.ts',
      "import pg from 'pg';\nexport const client = new pg.Client({ host: 'example.com' });",
    ],
    ['core/postgres/planted.ts', "import pg from 'pg';\nexport const client = new pg.Pool();"],
    [
      'electron/planted.ts',
      "import { net } from 'electron';\nexport const request = net.request('https://example.com');",
    ],
  ])('%s: %s', async (file, code) => {
    expect(await lint(file, code)).toEqual([expect.stringContaining('core/network')]);
  });

  it.each([
    ['core/network/planted.ts', "export const page = fetch('https://example.com');"],
    ['core/network/planted.ts', use('node:net')],
    ['core/host/planted.ts', use('node:http')],
    ['core/spider/planted.test.ts', use('node:http')],
    [
      'core/postgres/planted.ts',
      "import pg from 'pg';\nexport const client = new pg.Client({ stream: () => open() });",
    ],
  ])('%s may: %s', async (file, code) => {
    expect(await lint(file, code)).toEqual([]);
  });
});

describe('layers: what the house allows is not reported', () => {
  it.each([
    ['core/contract/planted.ts', 'zod'],
    ['core/sql/planted.ts', '../contract/index.ts'],
    ['core/sql/sketch/planted.ts', '../guard.ts'],
    ['core/schema/planted.ts', '../sql/index.ts'],
    ['core/models/handlers.ts', '../store/index.ts'],
    ['core/generation/planted.ts', '../models/index.ts'],
    ['core/app/planted.ts', '../evaluation/index.ts'],
    ['core/host/planted.ts', '../app/index.ts'],
    ['core/cli/commands/planted.ts', '../../host/index.ts'],
    ['core/postgres/planted.ts', 'pg'],
    ['core/store/planted.ts', 'better-sqlite3'],
    ['core/generation/runtime/planted.ts', 'node-llama-cpp'],
    ['electron/planted.ts', 'electron'],
    ['electron/planted.ts', '../core/app/index.ts'],
    ['renderer/lib/planted.ts', '../../core/contract/index.ts'],
    ['renderer/features/ask/planted.tsx', '../../components/button.tsx'],
    ['renderer/features/ask/planted.tsx', './editor.tsx'],
    ['renderer/app/planted.tsx', '../features/ask/page.tsx'],
    ['core/schema/planted.test.ts', '../postgres/index.ts'],
  ])('%s imports %s', async (file, source) => {
    expect(await lint(file, use(source))).toEqual([]);
  });
});

describe('the other rules of the house', () => {
  it.each([
    ['no-restricted-syntax', 'export default 1;'],
    ['no-restricted-syntax', 'const a = 1;\nexport { a as default };'],
    ['no-restricted-syntax', 'export enum Colour {\n  Red,\n}'],
    ['no-restricted-syntax', 'export class A {\n  constructor(readonly b: number) {}\n}'],
    ['@typescript-eslint/no-explicit-any', 'export const a = (b: any) => String(b);'],
    ['max-lines', `export const a = [\n${'  1,\n'.repeat(500)}];`],
    ['no-console', "console.log('x');\nexport {};"],
  ])('%s', async (rule, code) => {
    expect(await lint('core/sql/planted.ts', code)).toEqual([expect.stringContaining(`${rule}: `)]);
  });

  it('lets a configuration file export by default', async () => {
    expect(await lint('vitest.config.ts', 'export default {};')).toEqual([]);
  });
});
