import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { AppError } from '../../contract/index.ts';

/**
 * The llama.cpp that `QuantizeParams` in llama-quantizer.ts was written for, from its include/llama.h. After an update
 * of node-llama-cpp compare the struct with the new header (in llama/gitRelease.bundle of that package), then change
 * this line.
 */
export const supportedRelease = 'v0.5.0';

/** What npm installs beside node-llama-cpp: the binary without a GPU, as quantizing needs none. */
const packagesByPlatform: Record<string, string> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-armv7l',
  'linux-riscv64': 'linux-riscv64',
  'darwin-arm64': 'mac-arm64-metal',
  'darwin-x64': 'mac-x64',
  'win32-x64': 'win-x64',
  'win32-arm64': 'win-arm64',
};

const hint =
  'Run npm ci again with optional dependencies, so that @node-llama-cpp for this platform is installed.';

/**
 * Path of the `libllama` that npm installed for this platform.
 * @throws MODEL_INCOMPATIBLE where there is none, or one of another release than `supportedRelease`
 */
export function locateLlamaLibrary(folder = locateBinaries()): string {
  checkRelease(folder);
  const name = readdirSync(folder).find((entry) => /^(lib)?llama(\..*)?\.(so|dylib|dll)$/.test(entry));
  if (name !== undefined) return path.join(folder, name);
  throw new AppError('MODEL_INCOMPATIBLE', `There is no llama library in ${folder}.`, { hint });
}

function locateBinaries(): string {
  const platform = `${process.platform}-${process.arch}`;
  const name = packagesByPlatform[platform];
  try {
    const entry = createRequire(import.meta.url).resolve(`@node-llama-cpp/${name}`);
    const folder = path.join(path.dirname(entry), '..', 'bins', String(name));
    // A native library cannot be loaded from inside an asar archive: the unpacked copy lies beside it.
    const unpacked = folder.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
    return existsSync(unpacked) ? unpacked : folder;
  } catch (cause) {
    throw new AppError('MODEL_INCOMPATIBLE', `llama.cpp's quantizer has no binary for ${platform}.`, {
      hint,
      cause,
    });
  }
}

function checkRelease(folder: string): void {
  const release = readRelease(path.join(folder, '_nlcBuildMetadata.json'));
  if (release === supportedRelease) return;
  throw new AppError(
    'MODEL_INCOMPATIBLE',
    `The installed llama.cpp is ${release}; quantizing is written for ${supportedRelease}.`,
    { hint: 'Run npm ci, which installs the version that the app was made with.' },
  );
}

function readRelease(file: string): string {
  try {
    const metadata = JSON.parse(readFileSync(file, 'utf8')) as {
      buildOptions?: { llamaCpp?: { release?: unknown } };
    };
    return String(metadata.buildOptions?.llamaCpp?.release ?? 'of an unknown release');
  } catch {
    return 'of an unknown release';
  }
}
