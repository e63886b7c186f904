import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Path of the embedded starter model: what SQLCODEGEN_STARTER_MODEL says, else `data/models/starter.gguf` in the
 * nearest folder above this file that has it (the repository, or the packaged app's resources). Where none has it,
 * the repository's path comes back, for the error to name.
 */
export function locateStarterModel(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env['SQLCODEGEN_STARTER_MODEL'];
  return chosen ? path.resolve(chosen) : locate(path.join('data', 'models', 'starter.gguf'));
}

/** Folder of the same weights in 16 bits, as transformers reads them: what the starter is fine-tuned from. */
export function locateStarterBase(): string {
  return locate(path.join('data', 'models', 'starter-base'));
}

function locate(inside: string): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  for (let folder = here; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    // A native library cannot map a file inside an asar archive: the unpacked copy lies beside it.
    const unpacked = folder.replace(/app\.asar$/, 'app.asar.unpacked');
    const candidates = [unpacked, folder].map((base) => path.join(base, inside));
    const found = candidates.find((candidate) => existsSync(candidate));
    if (found) return found;
  }
  return path.join(here, '..', '..', inside);
}
