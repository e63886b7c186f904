import path from 'node:path';
import type { CheckItem, CoreHandlers } from '../contract/index.ts';
import type { InspectModel, ModelCatalogue } from './catalogue.ts';
import { chooseOutputs, quantizeModel } from './quantize/index.ts';

export type ModelsHandlers = Pick<
  CoreHandlers,
  'models.list' | 'models.inspect' | 'models.preload' | 'models.quantize' | 'models.check'
>;

export interface CheckModelInput {
  path: string;
  casesPath: string;
  adapterPath: string | undefined;
  minWrittenShare: number;
}

export interface ModelsHandlersDeps {
  catalogue: ModelCatalogue;
  /** Brings the starter model into memory; the first question waits for it if it must. */
  preload(signal: AbortSignal): Promise<void>;
  inspect: InspectModel;
  /** @throws AppError CONFLICT where the file answers questions now */
  refuseUsed(file: string): void;
  /** Holds a model against what its trainer wrote; running models is the runtime's. */
  check(input: CheckModelInput, signal: AbortSignal): AsyncIterable<CheckItem>;
}

/** What the models domain offers through the contract. */
export function createModelsHandlers({
  catalogue,
  preload,
  inspect,
  refuseUsed,
  check,
}: ModelsHandlersDeps): ModelsHandlers {
  return {
    'models.list': () => catalogue.list(),
    'models.inspect': ({ path }) => catalogue.inspect(path),
    'models.preload': async (_input, { signal }) => {
      await preload(signal);
      return {};
    },
    'models.quantize': async function* ({ path: file, out: given, ...options }, { signal }) {
      const input = path.resolve(file);
      const out = given === undefined ? undefined : path.resolve(given);
      chooseOutputs(input, options.types, out).forEach(refuseUsed);
      yield* quantizeModel({ ...options, input, out, inspect, signal });
    },
    'models.check': ({ path: file, casesPath, adapterPath, minWrittenShare }, { signal }) => {
      const adapter = adapterPath === undefined ? undefined : path.resolve(adapterPath);
      const files = { path: path.resolve(file), casesPath: path.resolve(casesPath), adapterPath: adapter };
      return check({ ...files, minWrittenShare }, signal);
    },
  };
}
