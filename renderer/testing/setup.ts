import { cleanup } from '@testing-library/react';
import { afterEach, beforeEach, vi } from 'vitest';
import { reloadPreferences } from '../lib/preferences.ts';

/** What a browser has and jsdom has not: sizes, ranges on screen, modal dialogs. */

Object.defineProperties(HTMLElement.prototype, {
  offsetWidth: { get: () => 1_000 },
  offsetHeight: { get: () => 400 },
});
HTMLElement.prototype.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
Range.prototype.getBoundingClientRect = () => new DOMRect();
HTMLDialogElement.prototype.showModal = function showModal() {
  this.open = true;
};
HTMLDialogElement.prototype.close = function close() {
  this.open = false;
};

beforeEach(() => {
  localStorage.clear();
  window.location.hash = '';
  reloadPreferences();
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});
