import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError, type ModelInfo } from '../contract/index.ts';

/** A GGUF file's own facts; reading them is the runtime's, as it owns the GGUF library. */
export type InspectModel = (
  file: string,
) => Promise<Omit<ModelInfo, 'state' | 'embedded' | 'parameters'> & { parameters?: number }>;

export interface CatalogueDeps {
  /** Folder of the app's own data; models lie in its `models` folder. */
  dataDir: string;
  starterModel: string;
  inspect: InspectModel;
  stateOf(file: string): ModelInfo['state'];
}

export interface ModelCatalogue {
  /** The starter first, then the files in the data folder by name. Files that are no models are left out. */
  list(): Promise<ModelInfo[]>;
  /** @throws MODEL_MISSING, MODEL_INCOMPATIBLE */
  inspect(file: string): Promise<ModelInfo>;
}

export function createModelCatalogue(deps: CatalogueDeps): ModelCatalogue {
  const inspect = async (file: string): Promise<ModelInfo> => ({
    ...(await deps.inspect(file)),
    state: deps.stateOf(file),
    embedded: file === deps.starterModel,
  });

  const inspectIfModel = (file: string): Promise<ModelInfo[]> =>
    inspect(file).then(
      (info) => [info],
      (error: unknown) => {
        if (error instanceof AppError) return [];
        throw error;
      },
    );

  return {
    inspect: (file) => inspect(path.resolve(file)),
    async list() {
      const files = [deps.starterModel, ...(await listGgufFiles(path.join(deps.dataDir, 'models')))];
      return (await Promise.all(files.map(inspectIfModel))).flat();
    },
  };
}

async function listGgufFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => name.endsWith('.gguf'))
    .toSorted()
    .map((name) => path.join(folder, name));
}
