import { useSyncExternalStore } from 'react';

export const pages = [
  'ask',
  'schema',
  'dataset',
  'evaluation',
  'training',
  'models',
  'jobs',
  'connections',
  'settings',
] as const;
export type Page = (typeof pages)[number];

export interface Route {
  page: Page;
  /** What comes after the page in `#/connections/edit/ID`. */
  rest: string[];
}

/** `#/connections/edit/ID` → page and rest; anything unknown is the Ask page. */
export function parseRoute(hash: string): Route {
  const [page, ...rest] = hash.replace(/^#\/?/, '').split('/').map(decodeSafely);
  const known = pages.find((one) => one === page);
  return known ? { page: known, rest } : { page: 'ask', rest: [] };
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function hrefOf(page: Page, ...rest: string[]): string {
  return `#/${[page, ...rest].map(encodeURIComponent).join('/')}`;
}

export function navigate(page: Page, ...rest: string[]): void {
  window.location.hash = hrefOf(page, ...rest);
}

/** Goes there without a step in the window's history: for an address that follows what is typed. */
export function replaceRoute(page: Page, ...rest: string[]): void {
  window.history.replaceState(window.history.state, '', hrefOf(page, ...rest));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => window.location.hash));
}
