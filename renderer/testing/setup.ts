import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeEach, vi } from 'vitest';
import { reloadPreferences } from '../lib/preferences.ts';

// The machine may be busy; what is found at once costs nothing.
configure({ asyncUtilTimeout: 5_000 });

/** What a browser has and jsdom has not: sizes, ranges on screen, modal dialogs. */

const size = { width: { get: () => 1_000 }, height: { get: () => 400 } };
Object.defineProperties(Element.prototype, { clientWidth: size.width, clientHeight: size.height });
Object.defineProperties(HTMLElement.prototype, { offsetWidth: size.width, offsetHeight: size.height });
HTMLElement.prototype.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
Range.prototype.getBoundingClientRect = () => new DOMRect();
/** The window is as wide as the test says. */
window.matchMedia = (media) =>
  Object.assign(new EventTarget(), {
    media,
    matches: window.innerWidth <= Number(/max-width: (\d+)px/.exec(media)?.[1] ?? 0),
  }) as unknown as MediaQueryList;
/** All lies at 0, 0 here, where every click is; a handle between panes would take it for itself. */
const measure = HTMLElement.prototype.getBoundingClientRect;
HTMLElement.prototype.getBoundingClientRect = function getBoundingClientRect(this: HTMLElement) {
  return this.hasAttribute('data-separator') ? new DOMRect(-500, -500, 1, 1) : measure.call(this);
};
/** Nothing ever changes its size here. */
window.ResizeObserver = class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};
HTMLDialogElement.prototype.showModal = function showModal() {
  this.open = true;
};
HTMLDialogElement.prototype.close = function close() {
  this.open = false;
};

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  window.location.hash = '';
  window.innerWidth = 1_280;
  reloadPreferences();
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});
