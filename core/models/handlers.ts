import type { CoreHandlers } from '../contract/index.ts';
import type { ModelCatalogue } from './catalogue.ts';

export type ModelsHandlers = Pick<CoreHandlers, 'models.list' | 'models.inspect' | 'models.preload'>;

export interface ModelsHandlersDeps {
  catalogue: ModelCatalogue;
  /** Brings the starter model into memory; the first question waits for it if it must. */
  preload(signal: AbortSignal): Promise<void>;
}

/** What the models domain offers through the contract. */
export function createModelsHandlers({ catalogue, preload }: ModelsHandlersDeps): ModelsHandlers {
  return {
    'models.list': () => catalogue.list(),
    'models.inspect': ({ path }) => catalogue.inspect(path),
    'models.preload': async (_input, { signal }) => {
      await preload(signal);
      return {};
    },
  };
}
