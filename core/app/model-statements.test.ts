import { expect, it } from 'vitest';
import type { AskEvent } from '../contract/index.ts';
import { createModelStatements } from './model-statements.ts';

type Watch = ReturnType<typeof createModelStatements>['watch'];
const context = { signal: new AbortController().signal };
const input = {} as Parameters<Parameters<Watch>[0]>[0];

it('keeps what was written before an ask failed, without its beginnings', async () => {
  const statements = createModelStatements();
  const ask = statements.watch(async function* (): AsyncGenerator<AskEvent> {
    yield { kind: 'sql', sql: 'DELETE' };
    yield { kind: 'sql', sql: 'DELETE FROM a' };
    yield { kind: 'sql', sql: 'DELETE FROM b' };
    throw new Error('cancelled');
  });
  await expect(Array.fromAsync(ask(input, context))).rejects.toThrow('cancelled');
  expect([...statements.list()]).toEqual(['DELETE FROM a', 'DELETE FROM b']);
});

it('keeps what was written before the reader left', async () => {
  const statements = createModelStatements();
  const ask = statements.watch(async function* (): AsyncGenerator<AskEvent> {
    yield { kind: 'sql', sql: 'DELETE FROM a' };
    yield { kind: 'stage', stage: 'checking' };
  });
  for await (const _ of ask(input, context)) break;
  expect([...statements.list()]).toEqual(['DELETE FROM a']);
});

it('keeps what a repair made', async () => {
  const statements = createModelStatements();
  const repair = statements.watchRepair(async () => ({
    kind: 'repaired',
    sql: 'DELETE FROM c',
    by: 'names',
  }));
  await repair({ connectionId: 'c', sql: 'x', message: 'y' }, context);
  expect([...statements.list()]).toEqual(['DELETE FROM c']);
});
