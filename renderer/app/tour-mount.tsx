import { lazy, Suspense, useEffect, useMemo } from 'react';
import { copy } from '../copy.ts';
import { useActions } from '../lib/actions.ts';
import { readPreferences } from '../lib/preferences.ts';
import { startTour, useTourRunning } from '../lib/tour.ts';

const Tour = lazy(async () => ({ default: (await import('../features/tour/tour.tsx')).Tour }));

/** Shows the tour at the first start, and whenever it is asked for. To be drawn once the preferences are known. */
export function TourMount() {
  const running = useTourRunning();
  const { start, group, keywords } = copy.tour;
  const actions = useMemo(
    () => [{ id: 'help.tour', title: start, group, keywords: [...keywords], run: startTour }],
    [start, group, keywords],
  );
  useActions(actions);
  useEffect(() => {
    if (!readPreferences().tourDone) startTour();
  }, []);
  if (!running) return null;
  return (
    <Suspense>
      <Tour />
    </Suspense>
  );
}
