import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { Spinner } from '../components/spinner.tsx';
import { copy } from '../copy.ts';
import { AskPage } from '../features/ask/ask-page.tsx';
import { useCore, useLinkState, type CoreLink } from '../lib/core-context.tsx';
import { isTextTarget } from '../lib/keyboard.ts';
import { navigate, pages, useRoute, type Route } from '../lib/navigation.ts';
import { applyTheme, syncPreferences, usePreferences } from '../lib/preferences.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { LinkBanner } from './link-banner.tsx';
import { NavigationRail } from './navigation-rail.tsx';
import { Providers } from './providers.tsx';
import { ShortcutsSheet } from './shortcuts-sheet.tsx';
import { TourMount } from './tour-mount.tsx';
import { useAppActions } from './use-app-actions.ts';

export function App({ link }: { link: CoreLink }) {
  return (
    <ErrorBoundary>
      <Providers link={link}>
        <Shell />
      </Providers>
    </ErrorBoundary>
  );
}

// Every page but the first comes when it is opened: the first screen stays small.
const SchemaPage = lazy(async () => ({
  default: (await import('../features/schema/schema-page.tsx')).SchemaPage,
}));
const DatasetPage = lazy(async () => ({
  default: (await import('../features/dataset/dataset-page.tsx')).DatasetPage,
}));
const EvaluationPage = lazy(async () => ({
  default: (await import('../features/evaluation/evaluation-page.tsx')).EvaluationPage,
}));
const TrainingPage = lazy(async () => ({
  default: (await import('../features/training/training-page.tsx')).TrainingPage,
}));
const ModelsPage = lazy(async () => ({
  default: (await import('../features/models/models-page.tsx')).ModelsPage,
}));
const JobsPage = lazy(async () => ({ default: (await import('../features/jobs/jobs-page.tsx')).JobsPage }));
const ConnectionsPage = lazy(async () => ({
  default: (await import('../features/connections/connections-page.tsx')).ConnectionsPage,
}));
const CommandPalette = lazy(async () => ({
  default: (await import('./command-palette.tsx')).CommandPalette,
}));
const SettingsPage = lazy(async () => ({
  default: (await import('../features/settings/settings-page.tsx')).SettingsPage,
}));

function OtherPage({ route: { page, rest } }: { route: Route }) {
  switch (page) {
    case 'ask':
      return null;
    case 'schema':
      return <SchemaPage rest={rest} />;
    case 'dataset':
      return <DatasetPage rest={rest} />;
    case 'evaluation':
      return <EvaluationPage rest={rest} />;
    case 'training':
      return <TrainingPage rest={rest} />;
    case 'models':
      return <ModelsPage rest={rest} />;
    case 'jobs':
      return <JobsPage rest={rest} />;
    case 'connections':
      return <ConnectionsPage rest={rest} />;
    case 'settings':
      return <SettingsPage rest={rest} />;
  }
}

function Shell() {
  const route = useRoute();
  const [overlay, setOverlay] = useState<'shortcuts' | 'palette'>();
  const showShortcuts = useCallback(() => setOverlay('shortcuts'), []);
  const showPalette = useCallback(() => setOverlay('palette'), []);
  const closeOverlay = useCallback(() => setOverlay(undefined), []);
  const everConnected = useEverConnected();
  const ready = useKeptPreferences();
  usePreloadedModel(everConnected);
  useTheme();
  useAppActions(showShortcuts);
  useGlobalKeys(showShortcuts, showPalette);
  return (
    <div className="shell">
      <a
        className="skip-link"
        href="#page"
        onClick={(event) => {
          // The hash belongs to the route.
          event.preventDefault();
          document.getElementById('page')?.focus();
        }}
      >
        {copy.app.skipLink}
      </a>
      <LinkBanner />
      <NavigationRail page={route.page} />
      <main id="page" className="page-area" tabIndex={-1}>
        {!ready && <Connecting />}
        {ready && (
          <ErrorBoundary>
            <div className="page" hidden={route.page !== 'ask'}>
              <AskPage active={route.page === 'ask'} onShowShortcuts={showShortcuts} />
            </div>
          </ErrorBoundary>
        )}
        {ready && (
          <ErrorBoundary key={route.page}>
            <Suspense fallback={<Connecting />}>
              <OtherPage route={route} />
            </Suspense>
          </ErrorBoundary>
        )}
      </main>
      {ready && <TourMount />}
      {overlay === 'shortcuts' && <ShortcutsSheet onClose={closeOverlay} />}
      {overlay === 'palette' && (
        <Suspense>
          <CommandPalette onClose={closeOverlay} />
        </Suspense>
      )}
    </div>
  );
}

function Connecting() {
  return (
    <div className="page empty-state" role="status">
      <Spinner size={24} />
      {copy.app.connecting}
    </div>
  );
}

/** Once true it stays so: what is on the page outlives a lost connection. */
function useEverConnected(): boolean {
  const { kind } = useLinkState();
  const [ever, setEver] = useState(kind === 'connected');
  if (kind === 'connected' && !ever) setEver(true);
  return ever;
}

/** The page waits for them: with the defaults it would open another database than the one that was chosen. */
function useKeptPreferences(): boolean {
  const core = useCore();
  const { kind } = useLinkState();
  const [ready, setReady] = useState(false);
  useEffect(() => {
    if (kind === 'connected') void syncPreferences(core).then(() => setReady(true));
  }, [core, kind]);
  return ready;
}

/** Loads the model while the first question is being typed. Where there is none, asking says so. */
function usePreloadedModel(connected: boolean): void {
  const core = useCore();
  useEffect(() => {
    if (connected) core['models.preload']({}).catch(() => undefined);
  }, [connected, core]);
}

function useTheme(): void {
  const { theme } = usePreferences();
  useEffect(() => applyTheme(theme), [theme]);
}

function useGlobalKeys(onShowShortcuts: () => void, onShowPalette: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const page = event.altKey ? pages[Number(event.key) - 1] : undefined;
      if (page) navigate(page);
      else if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key === 'k') onShowPalette();
      else if (event.key === '?' && !isTextTarget(event.target)) onShowShortcuts();
      else return;
      event.preventDefault();
    };
    // Before the editor, where Ctrl+K would delete to the end of the line.
    document.addEventListener('keydown', press, { capture: true });
    return () => document.removeEventListener('keydown', press, { capture: true });
  }, [onShowShortcuts, onShowPalette]);
}
