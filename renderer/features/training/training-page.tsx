import { copy } from '../../copy.ts';

export function TrainingPage() {
  return (
    <div className="page text-page">
      <h1>{copy.pages.training}</h1>
    </div>
  );
}
