import { copy } from '../../copy.ts';

export function ModelsPage() {
  return (
    <div className="page text-page">
      <h1>{copy.pages.models}</h1>
    </div>
  );
}
