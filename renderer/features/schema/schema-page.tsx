import { copy } from '../../copy.ts';

export function SchemaPage({ rest: _rest }: { rest: string[] }) {
  return (
    <div className="page text-page">
      <h1>{copy.pages.schema}</h1>
    </div>
  );
}
