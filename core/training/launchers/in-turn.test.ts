import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inTurn } from './in-turn.ts';

const { signal } = new AbortController();

describe('works on one folder', () => {
  it('come one after another, also after one that failed; those on others do not wait', async () => {
    const said: string[] = [];
    const work =
      (name: string, fails = false) =>
      async () => {
        said.push(`${name} begins`);
        await wait(20);
        said.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      };
    const all = await Promise.allSettled([
      inTurn('/a', signal, work('one', true)),
      inTurn('/a', signal, work('two')),
      inTurn('/b', signal, work('other')),
    ]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    const ofA = said.filter((text) => !text.startsWith('other'));
    expect(ofA).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
    expect(said.indexOf('other begins')).toBeLessThan(said.indexOf('one ends'));
  });

  it('are not waited for after an abort, and one that was aborted is not begun', async () => {
    let release: () => void = () => undefined;
    const first = inTurn('/a', signal, () => new Promise<void>((done) => (release = done)));
    const abort = new AbortController();
    let hasBegun = false;
    const second = inTurn('/a', abort.signal, async () => void (hasBegun = true));
    abort.abort(new Error('not any more'));
    await expect(second).rejects.toThrow('not any more');
    release();
    await first;
    await inTurn('/a', signal, async () => undefined);
    expect(hasBegun).toBe(false);
  });
});
