import path from 'node:path';
import { AppError, type CoreHandlers, type ModelDetails, type ModelInfo } from '../contract/index.ts';
import type { ModelCatalogue } from './catalogue.ts';

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
  readDetails(file: string): Promise<Omit<ModelDetails, 'info'>>;
  load(file: string, signal: AbortSignal): Promise<void>;
  unload(): Promise<void>;
}

/** The models that the user can choose from, wherever they lie. */
export function createModelLibraryHandlers(deps: ModelLibraryDeps): ModelLibraryHandlers {
  const { catalogue, added } = deps;
  return {
    'models.catalogue': async () => {
      const listed = await catalogue.list();
      const others = await readAdded(deps, new Set(listed.map((model) => model.path)));
      return { ...others, models: [...listed, ...others.models], inUse: deps.inUse(), folder: deps.folder };
    },
    'models.details': async ({ path: file }) => {
      const info = await catalogue.inspect(file);
      return { info, ...(await deps.readDetails(info.path)) };
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
    'models.load': async ({ path: file }, { signal }) => {
      await deps.load(file, signal);
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
