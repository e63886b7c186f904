import { expect, test } from 'vitest';
import type { VerifiedExample } from '../../contract/index.ts';
import { shopSchema } from '../../sql/sketch/testing/shop-schema.ts';
import { writeExamples } from './write-examples.ts';

let count = 0;
function verified(question: string, sql: string): VerifiedExample {
  const id = `v${++count}`;
  const at = `2026-11-23T08:00:${String(count).padStart(2, '0')}.000Z`;
  return {
    ...{ id, connectionId: 'shop', question, sql, origin: 'corrected', rowCount: 1 },
    ...{ schemaFingerprint: 'a'.repeat(64), createdAt: at, updatedAt: at },
  };
}
const compared: string[] = [];
const deps = {
  schema: shopSchema,
  readHints: async () => [],
  isSame: async (_: string, expanded: string) => {
    compared.push(expanded);
    return !expanded.includes('sum(');
  },
};
const examples = [
  verified('How many clients are there?', 'SELECT count(*) FROM client'),
  verified('Number the clients by name.', 'SELECT row_number() OVER (ORDER BY name) FROM client'),
  verified('Which clients live in Rome?', "SELECT name FROM client WHERE city = 'Rome'"),
  verified('What is everything worth?', 'SELECT sum(quantity * price) FROM line'),
  verified('Who is it?', "SELECT name FROM client WHERE city = 'Nowhere'"),
];

test('for a model of sketches: pointers of the prompt that the app builds, or why not', async () => {
  const { lines, leftOut } = await writeExamples(examples.toReversed(), 'sketch', deps);
  expect(lines.map(({ id }) => id)).toEqual(['v1', 'v3']);
  expect(lines[0]?.prompt).toMatch(/client[\s\S]* how many clients/i);
  expect(lines[0]?.completion).toMatch(/^ from T[a-z]+ select count \( \* \)$/);
  expect(lines[1]?.completion).toMatch(/^ from T[a-z]+ select C[a-z]+ where C[a-z]+ = V[a-z]+$/);
  expect(leftOut.map(({ id, reason }) => [id, reason])).toEqual([
    ['v2', 'no short form for its SQL: function row_number'],
    ['v4', 'its short form gives other rows'],
    ['v5', 'a value that the question does not name'],
  ]);
  expect(compared[0]).toMatch(/^SELECT count\(\*\)\s+FROM client/);
});

test('for other models: the SQL itself behind the chat prompt', async () => {
  const { lines, leftOut } = await writeExamples(examples, 'sql', deps);
  expect(leftOut).toEqual([]);
  expect(lines.map(({ completion }) => completion)).toEqual(examples.map(({ sql }) => ` ${sql}</s>`));
  expect(lines[1]?.prompt).toMatch(/^\[INST\][\s\S]*Number the clients by name\.[\s\S]*\[\/INST\]$/);
});
