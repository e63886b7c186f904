import { copy } from '../../copy.ts';

export function JobsPage({ rest: _rest }: { rest: string[] }) {
  return (
    <div className="page text-page">
      <h1>{copy.pages.jobs}</h1>
    </div>
  );
}
