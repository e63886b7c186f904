import { expect, it } from 'vitest';
import { AppError } from '../contract/index.ts';
import { nameReason } from './name-reason.ts';

it('names the option where a reason is asked for, and leaves other errors as they are', async () => {
  const asked = new AppError('CONFLICT', 'This model is not promoted.', {
    ...{ hint: 'Or say why.', details: { needsReason: true } },
  });
  await expect(nameReason(Promise.reject(asked))).rejects.toMatchObject({
    ...{ code: 'CONFLICT', message: 'This model is not promoted.' },
    hint: expect.stringContaining('--because'),
  });
  const other = new AppError('NOT_FOUND', 'There is no such file.');
  await expect(nameReason(Promise.reject(other))).rejects.toBe(other);
  await expect(nameReason(Promise.resolve(1))).resolves.toBe(1);
});
