import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import type { ExampleDetail } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { datasetKeys } from '../dataset-queries.ts';
import { CorrectionForm } from './correction-form.tsx';
import { CurrentOverride } from './current-override.tsx';

const text = copy.dataset.correct;

/** What corrects the example now, and the form for another correction. */
export function CorrectTab({ example }: { example: ExampleDetail }) {
  const core = useCore();
  const introId = useId();
  const schema = useQuery({
    queryKey: datasetKeys.schema(example.dbId),
    queryFn: ({ signal }) => core['dataset.schema']({ dbId: example.dbId }, { signal }),
    staleTime: 60_000,
  });
  return (
    <div className="grid gap-6">
      <p id={introId} className="text-s text-text-2">
        {text.intro}
      </p>
      {example.override && <CurrentOverride example={example} override={example.override} />}
      <CorrectionForm key={example.id} example={example} schema={schema.data?.postgres} />
    </div>
  );
}
