import { expect, test } from 'vitest';
import { createExclusiveQueue } from './exclusive-queue.ts';

test('turns come in order, one at a time, and one that was cancelled is left out', async () => {
  const queue = createExclusiveQueue();
  const never = new AbortController().signal;
  const cancelled = new AbortController();
  const order: string[] = [];
  const enter = (name: string, signal: AbortSignal) =>
    queue.enter(signal).then((leave) => {
      order.push(name);
      return leave;
    });
  const first = await enter('first', never);
  const second = enter('second', cancelled.signal);
  const third = enter('third', never);
  cancelled.abort(new Error('gone'));
  await expect(second).rejects.toThrow('gone');
  expect(order).toEqual(['first']);
  first();
  first();
  const leaveThird = await third;
  const fourth = enter('fourth', never);
  expect(order).toEqual(['first', 'third']);
  leaveThird();
  (await fourth)();
  expect(order).toEqual(['first', 'third', 'fourth']);
});

test('an aborted signal never enters', async () => {
  const queue = createExclusiveQueue();
  await expect(queue.enter(AbortSignal.abort())).rejects.toThrow();
  (await queue.enter(new AbortController().signal))();
});
