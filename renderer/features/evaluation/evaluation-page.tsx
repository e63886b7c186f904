import { lazy, Suspense } from 'react';
import { Spinner } from '../../components/spinner.tsx';
import { copy } from '../../copy.ts';
import { EvaluationHome } from './evaluation-home.tsx';

const RunPage = lazy(async () => ({ default: (await import('./run/run-page.tsx')).RunPage }));
const ComparePage = lazy(async () => ({ default: (await import('./compare/compare-page.tsx')).ComparePage }));

/** @param rest what comes after the page in the address: `runs/ID`, `compare/BEFORE/AFTER`, or nothing */
export function EvaluationPage({ rest }: { rest: string[] }) {
  return (
    <Suspense fallback={<Loading />}>
      <Part rest={rest} />
    </Suspense>
  );
}

function Part({ rest: [part, first, second] }: { rest: string[] }) {
  if (part === 'runs' && first) return <RunPage key={first} id={first} questionId={second} />;
  if (part === 'compare' && first && second) {
    return <ComparePage key={`${first} ${second}`} before={first} after={second} />;
  }
  return <EvaluationHome />;
}

export function Loading() {
  return (
    <div className="page empty-state" role="status">
      <Spinner size={24} />
      {copy.common.loading}
    </div>
  );
}
