import { useQuery } from '@tanstack/react-query';
import type { ModelFigures } from '../../../core/contract/index.ts';
import { useCore } from '../../lib/core-context.tsx';
import { queryKeys } from '../../lib/queries.ts';

const none: ReadonlyMap<string, ModelFigures> = new Map();

/** What was measured of each model, by its path; empty until it is read, and where it cannot be. */
export function useModelFigures(): ReadonlyMap<string, ModelFigures> {
  const core = useCore();
  const figures = useQuery({
    queryKey: [...queryKeys.models, 'figures'],
    queryFn: ({ signal }) => core['models.figures']({}, { signal }),
    select: (known) => new Map(known.map((each) => [each.path, each])),
  });
  return figures.data ?? none;
}
