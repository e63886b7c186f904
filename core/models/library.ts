import path from 'node:path';
import {
  AppError,
  type CoreHandlers,
  type ListedModel,
  type ModelDetails,
  type ModelInfo,
} from '../contract/index.ts';
import type { ModelCatalogue } from './catalogue.ts';
import { readOrigin } from './origin.ts';

export type ModelLibraryHandlers = Pick<
  CoreHandlers,
  'models.catalogue' | 'models.details' | 'models.add' | 'models.forget' | 'models.load' | 'models.unload'
>;

export interface ModelLibraryDeps {
  catalogue: ModelCatalogue;
  folder: string;
  /** The model for questions that name none. */
  inUse(): string;
  /** Files that the user added, kept from start to start. */
  added: { get(): string[]; set(paths: string[]): void };
  readDetails(file: string): Promise<Omit<ModelDetails, 'info' | 'origin'>>;
  /** `anyway`: without the check of memory. */
  load(file: string, signal: AbortSignal, anyway: boolean): Promise<void>;
  unload(): Promise<void>;
}

/** The models that the user can choose from, wherever they lie. */
export function createModelLibraryHandlers(deps: ModelLibraryDeps): ModelLibraryHandlers {
  const { catalogue, added } = deps;
  return {
    'models.catalogue': async () => {
      const listed = await catalogue.list();
      const others = await readAdded(deps, new Set(listed.map((model) => model.path)));
      const models = await Promise.all([...listed, ...others.models].map((info) => describe(deps, info)));
      return { ...others, models, inUse: deps.inUse(), folder: deps.folder };
    },
    'models.details': async ({ path: file }) => {
      const info = await catalogue.inspect(file);
      const [details, origin] = await Promise.all([deps.readDetails(info.path), readOrigin(info.path)]);
      return { info, ...details, ...(origin ? { origin } : {}) };
    },
    'models.add': async ({ path: file }) => {
      const info = await catalogue.inspect(path.resolve(file));
      added.set([...new Set([...added.get(), info.path])]);
      return info;
    },
    'models.forget': async ({ path: file }) => {
      added.set(added.get().filter((one) => one !== file));
      return {};
    },
    'models.load': async ({ path: file, anyway }, { signal }) => {
      await deps.load(file, signal, anyway);
      return {};
    },
    'models.unload': async () => {
      await deps.unload();
      return {};
    },
  };
}

/** Those that were added, and a model in use that is on no list: it was set in another version, or by hand. */
async function readAdded({ catalogue, added, inUse }: ModelLibraryDeps, known: ReadonlySet<string>) {
  const models: ModelInfo[] = [];
  const missing: { path: string; message: string }[] = [];
  const chosen = inUse();
  const wanted = new Set([...added.get(), ...(/^https?:/.test(chosen) ? [] : [chosen])]);
  for (const file of wanted) {
    if (known.has(file)) continue;
    try {
      models.push(await catalogue.inspect(file));
    } catch (error) {
      missing.push({ path: file, message: AppError.from(error).message });
    }
  }
  return { models, missing };
}

/** What lies beside a file, and whether the app may delete it. */
async function describe({ folder }: ModelLibraryDeps, info: ModelInfo): Promise<ListedModel> {
  const origin = await readOrigin(info.path);
  const licence = origin?.licence;
  return {
    ...info,
    ...(origin ? { origin } : {}),
    ...(licence ? { licence } : {}),
    owned: path.dirname(info.path) === folder,
  };
}
