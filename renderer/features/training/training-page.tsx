import { lazy, Suspense } from 'react';
import { Spinner } from '../../components/spinner.tsx';
import { copy } from '../../copy.ts';
import { RunsPage } from './runs/runs-page.tsx';

const Wizard = lazy(async () => ({ default: (await import('./wizard/wizard.tsx')).Wizard }));
const RunPage = lazy(async () => ({ default: (await import('./run/run-page.tsx')).RunPage }));
const ComparePage = lazy(async () => ({ default: (await import('./compare/compare-page.tsx')).ComparePage }));

/** @param rest what comes after the page in the address: `new/…`, `run/ID/VIEW`, `compare/ID,ID`, or nothing */
export function TrainingPage({ rest }: { rest: string[] }) {
  return (
    <Suspense fallback={<Loading />}>
      <Part rest={rest} />
    </Suspense>
  );
}

function Part({ rest }: { rest: string[] }) {
  const [part, id, view] = rest;
  if (part === 'new') return <Wizard rest={rest.slice(1)} />;
  if (part === 'run' && id) return <RunPage key={id} runId={id} view={view} />;
  if (part === 'compare' && id) return <ComparePage key={id} runIds={id.split(',')} />;
  return <RunsPage />;
}

function Loading() {
  return (
    <div className="page empty-state" role="status">
      <Spinner size={24} />
      {copy.common.loading}
    </div>
  );
}
