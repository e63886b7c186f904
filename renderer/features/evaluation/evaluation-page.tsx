import { copy } from '../../copy.ts';

export function EvaluationPage({ rest: _rest }: { rest: string[] }) {
  return (
    <div className="page text-page">
      <h1>{copy.pages.evaluation}</h1>
    </div>
  );
}
