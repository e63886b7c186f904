import { copy } from '../../copy.ts';

export function DatasetPage({ rest: _rest }: { rest: string[] }) {
  return (
    <div className="page text-page">
      <h1>{copy.pages.dataset}</h1>
    </div>
  );
}
