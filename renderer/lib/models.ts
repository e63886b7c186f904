import { useQuery } from '@tanstack/react-query';
import type { ModelInfo } from '../../core/contract/index.ts';
import { copy } from '../copy.ts';
import { useCore } from './core-context.tsx';
import { formatBytes } from './format-values.ts';
import { queryKeys } from './queries.ts';

/** The models to choose from, the one in use and where they lie. */
export function useModelCatalogue() {
  const core = useCore();
  return useQuery({
    queryKey: [...queryKeys.models, 'catalogue'],
    queryFn: ({ signal }) => core['models.catalogue']({}, { signal }),
  });
}

/** `MOSTLY_Q4_K_M` → `Q4_K_M` */
export function quantizationName({ quantization }: Pick<ModelInfo, 'quantization'>): string {
  return quantization.replace(/^MOSTLY_/, '');
}

/** The file's name, where another one of the list has the same title: exports of one run, copies. */
export function fileNameOfTwin(
  { name, path }: Pick<ModelInfo, 'name' | 'path'>,
  all: readonly Pick<ModelInfo, 'name' | 'path'>[],
): string | undefined {
  const isTwin = all.some((other) => other.name === name && other.path !== path);
  return isTwin ? (path.split(/[\\/]/).at(-1) ?? path) : undefined;
}

/** 7241732096 → `7.2 B`. */
export function formatParameters(parameters: number): string {
  if (parameters >= 1e9) return `${(parameters / 1e9).toFixed(1)} B`;
  if (parameters >= 1e6) return `${(parameters / 1e6).toFixed(1)} M`;
  return `${(parameters / 1e3).toFixed(0)} k`;
}

/** One line of what a model is. */
export function describeModel(model: ModelInfo): string {
  return [
    model.architecture,
    ...(model.parameters === undefined ? [] : [copy.models.parameters(formatParameters(model.parameters))]),
    quantizationName(model),
    formatBytes(model.sizeBytes),
    copy.settings.context(model.contextSize),
  ].join(' · ');
}
