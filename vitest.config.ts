import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

if (Number(process.versions.node.split('.')[0]) < 22) {
  throw new Error(
    'The tests need Node 22 or newer. Call them through npm, which takes the Node of node_modules.',
  );
}

const inNode = ['core', 'electron', 'build'];

export default defineConfig({
  test: {
    // The machine's cores are shared with real PostgreSQL servers.
    maxWorkers: 2,
    retry: 0,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      ...inNode.map((name) => ({
        extends: true as const,
        test: { name, environment: 'node', include: [`${name}/**/*.test.ts`] },
      })),
      {
        extends: true,
        plugins: [react()],
        test: {
          name: 'renderer',
          environment: 'jsdom',
          include: ['renderer/**/*.test.{ts,tsx}'],
          setupFiles: ['renderer/testing/setup.ts'],
        },
      },
    ],
  },
});
