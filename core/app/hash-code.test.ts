import { expect, it } from 'vitest';
import { hashCode } from './hash-code.ts';

it('is the same for the same sources, another for others', async () => {
  const [spider, again, both] = await Promise.all([
    hashCode(['spider']),
    hashCode(['spider']),
    hashCode(['spider', 'conversion']),
  ]);
  expect(spider).toMatch(/^[0-9a-f]{12}$/);
  expect(again).toBe(spider);
  expect(both).not.toBe(spider);
});

it('refuses a folder that does not exist, whose code would never count', async () => {
  await expect(hashCode(['spider', 'nowhere'])).rejects.toThrow('ENOENT');
});
