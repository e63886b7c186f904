import { defineConfig, globalIgnores } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import { housePlugin } from './build/eslint/house-plugin.ts';

// Files whose tools ask for a default export.
const toolConfigs = ['*.config.{js,ts}', '**/{vite,playwright,vitest}.config.ts'];

const throughNetwork = 'Ask core/network, which enforces offline mode and writes the ledger.';
const house = [
  { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
  { selector: 'ExportSpecifier[exported.name="default"]', message: 'Export by name.' },
  { selector: 'TSEnumDeclaration', message: 'Use a union of literals, or z.enum.' },
  { selector: 'TSParameterProperty', message: 'Node runs these files as they are: declare the field.' },
];

export default defineConfig(
  globalIgnores(['dist/', 'node_modules/', 'data/', 'training/', 'coverage/', 'e2e/.results/', '**/*.d.ts']),
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strict],
    plugins: { house: housePlugin },
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['vitest.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'house/layers': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // The rules that need types and catch what tests miss: a promise that nobody waits for.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/only-throw-error': 'error',
      'max-lines': ['error', { max: 500 }],
      'no-console': 'error',
      eqeqeq: ['error', 'always'],
      'no-restricted-syntax': ['error', ...house],
    },
  },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
    // Tells what the React compiler would skip; it is not in use here.
    rules: { 'react-hooks/incompatible-library': 'off' },
  },
  {
    // One place speaks to other machines.
    files: ['core/**/*.ts', 'electron/**/*.ts'],
    ignores: ['core/network/**', '**/*.test.ts', '**/testing/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'].map((name) => ({
          name,
          message: throughNetwork,
        })),
      ],
      'no-restricted-properties': [
        'error',
        ...['fetch', 'WebSocket', 'EventSource'].map((property) => ({
          object: 'globalThis',
          property,
          message: throughNetwork,
        })),
      ],
      'no-restricted-syntax': [
        'error',
        ...house,
        {
          // A pool or client of PostgreSQL is given its socket: `stream: () => openClientSocket(target)`.
          selector:
            'NewExpression[callee.object.name="pg"]:not(:has(Property[key.name="stream"])):not(:has(SpreadElement)):not(:has(AwaitExpression))',
          message: throughNetwork,
        },
        {
          selector: 'ImportDeclaration[source.value="electron"] ImportSpecifier[imported.name="net"]',
          message: throughNetwork,
        },
      ],
    },
  },
  {
    files: toolConfigs,
    rules: { 'no-restricted-syntax': 'off' },
  },
  { files: ['**/*.test.{ts,tsx}'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  { files: ['core/cli/**', 'build/**', 'e2e/bench/**'], rules: { 'no-console': 'off' } },
  // The shell's log is the terminal it was started from.
  { files: ['electron/**'], rules: { 'no-console': ['error', { allow: ['error'] }] } },
);
