import { AppError, parseModelReference, type ListedModel } from '../../contract/index.ts';
import { estimateMemory, loadLanguageModel, type LoadModel } from '../../generation/index.ts';
import type { ModelCatalogue } from '../../models/index.ts';

/** The largest listed file of the same kind and size of model that fits the memory as it is now. */
export async function findSmaller(
  catalogue: Pick<ModelCatalogue, 'list' | 'inspect'>,
  file: string,
): Promise<Pick<ListedModel, 'path' | 'name' | 'quantization'> | undefined> {
  const model = await catalogue.inspect(file);
  const candidates = (await catalogue.list())
    .filter((other) => other.path !== model.path && other.sizeBytes < model.sizeBytes)
    .filter((other) => other.architecture === model.architecture && other.parameters === model.parameters)
    .toSorted((a, b) => b.sizeBytes - a.sizeBytes);
  for (const { path, name, quantization } of candidates) {
    const { fits } = await estimateMemory(path).catch(() => ({ fits: false }));
    if (fits) return { path, name, quantization };
  }
  return undefined;
}

/** Loads as the runtime does; where memory is too small, says which file that is here would fit. */
export function loadWithAdvice(catalogue: () => Pick<ModelCatalogue, 'list' | 'inspect'>): LoadModel {
  return async (file, options) => {
    try {
      return await loadLanguageModel(file, options);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'OUT_OF_MEMORY') throw error;
      const smaller = await findSmaller(catalogue(), parseModelReference(file).path).catch(() => undefined);
      if (!smaller) throw error;
      const name = smaller.quantization.replace(/^MOSTLY_/, '');
      const hint = `The ${name} file of the same model is here and fits: ${smaller.path}. Or close other programs.`;
      throw new AppError(error.code, error.message, { hint, details: error.details, cause: error });
    }
  };
}
