import { useState } from 'react';
import { useNarrowWindow } from '../../lib/narrow-window.ts';
import { setPreference, usePreferences } from '../../lib/preferences.ts';

interface SidePanelState {
  tab: 'schema' | 'history' | 'verified' | undefined;
  /** Whether it lies over the page instead of beside it. */
  covers: boolean;
  toggle(): void;
}

/**
 * Which tab the side panel shows, if it is on show. In a narrow window it would cover the page, so there it begins
 * hidden, and showing it is not kept.
 */
export function useSidePanel(): SidePanelState {
  const { sidePanel } = usePreferences();
  const narrow = useNarrowWindow();
  const [covers, setCovers] = useState(false);
  const kept = sidePanel === 'hidden' ? undefined : sidePanel;
  if (narrow) {
    return { tab: covers ? (kept ?? 'schema') : undefined, covers, toggle: () => setCovers(!covers) };
  }
  return { tab: kept, covers: false, toggle: () => setPreference('sidePanel', kept ? 'hidden' : 'schema') };
}
