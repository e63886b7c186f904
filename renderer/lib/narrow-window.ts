import { useSyncExternalStore } from 'react';

/** Below this width the side panel lies over the page; layout and side-panel styles name the same width. */
const narrowQuery = '(max-width: 1099px)';

export function useNarrowWindow(): boolean {
  return useSyncExternalStore(subscribe, () => window.matchMedia(narrowQuery).matches);
}

function subscribe(listener: () => void): () => void {
  const query = window.matchMedia(narrowQuery);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}
