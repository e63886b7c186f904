import { expect, it } from 'vitest';
import { placeCard } from './place-card.ts';

const window = { width: 1_280, height: 800 };
const card = { width: 360, height: 220 };
const at = (left: number, top: number, width: number, height: number) =>
  placeCard({ left, top, width, height }, card, window);

it('stands below its target, else above, else beside', () => {
  expect(at(100, 50, 400, 60)).toEqual({ left: 100, top: 122 });
  expect(at(100, 600, 400, 150)).toEqual({ left: 100, top: 368 });
  expect(at(0, 0, 88, 800)).toEqual({ left: 100, top: 12 });
});

it('never leaves the window', () => {
  expect(at(1_200, 50, 80, 40)).toEqual({ left: 908, top: 102 });
  expect(at(0, 0, 1_280, 800)).toEqual({ left: 908, top: 556 });
  expect(placeCard(undefined, card, window)).toEqual({ left: 460, top: 290 });
  expect(placeCard(undefined, card, { width: 300, height: 100 })).toEqual({ left: 12, top: 12 });
});
