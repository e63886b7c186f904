import path from 'node:path';
import { expect, test } from 'vitest';
import { chooseOutputs } from './choose-output.ts';

test.each([
  ['/models/base-f16.gguf', undefined, '/models/base-Q8_0.gguf'],
  ['/models/base.BF16.gguf', undefined, '/models/base-Q8_0.gguf'],
  ['/models/base.gguf', '/out', '/out/base-Q8_0.gguf'],
  ['/models/base.gguf', '/out/mine.gguf', '/out/mine.gguf'],
])('%s to %s goes to %s', (input, out, file) => {
  expect(chooseOutputs(input, ['Q8_0'], out)).toEqual([path.resolve(file)]);
});

test('one file for two types, a type named twice and the input itself are refused', () => {
  const refused = expect.objectContaining({ code: 'INVALID_INPUT', hint: expect.any(String) });
  expect(() => chooseOutputs('/a.gguf', ['Q8_0', 'Q6_K'], '/b.gguf')).toThrow(refused);
  expect(() => chooseOutputs('/a.gguf', ['Q8_0', 'Q8_0'])).toThrow(refused);
  expect(() => chooseOutputs('/a.gguf', ['Q8_0'], '/a.gguf')).toThrow(refused);
});
