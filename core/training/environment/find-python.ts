import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { AppError } from '../../contract/index.ts';
import { lockNameOf } from './lock-name.ts';

const run = promisify(execFile);
const probeLimitMs = 20_000;

const foundSchema = z.object({
  path: z.string(),
  version: z.string(),
  canMakeEnvironments: z.boolean(),
  /** Of the packages asked for, those that cannot be imported. */
  missing: z.array(z.string()),
});
export type FoundPython = z.infer<typeof foundSchema>;

const probe = `
import importlib.util, json, sys
def there(name):
    try: return importlib.util.find_spec(name) is not None
    except Exception: return False
print(json.dumps({"path": sys.executable, "version": "%d.%d.%d" % sys.version_info[:3],
  "canMakeEnvironments": there("venv") and there("ensurepip"), "missing": [n for n in sys.argv[1:] if not there(n)]}))`;

/** Without these the trainer does not start; by the names that they are imported by. */
const trainerPackages = [
  'torch',
  'transformers',
  'peft',
  'safetensors',
  'sentencepiece',
  'numpy',
  'yaml',
  'filelock',
];

/** What one Python is; undefined where it cannot be run. */
async function probePython(
  python: string,
  packages: readonly string[] = [],
): Promise<FoundPython | undefined> {
  try {
    const { stdout } = await run(python, ['-c', probe, ...packages], { timeout: probeLimitMs });
    return foundSchema.parse(JSON.parse(stdout));
  } catch {
    return undefined;
  }
}

function isNewEnough({ version }: FoundPython): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 11);
}

const candidates = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];

/** The first Python 3.11 or newer of PATH. */
export async function findPython(): Promise<FoundPython | undefined> {
  for (const name of candidates) {
    const found = await probePython(name);
    if (found && isNewEnough(found)) return found;
  }
  return undefined;
}

/** Any Python that can run launch.py and guard.py, which ask for 3.9. */
export async function findAnyPython(): Promise<string | undefined> {
  for (const name of candidates) {
    const found = await probePython(name);
    if (found) return found.path;
  }
  return undefined;
}

/** @throws AppError PYTHON_MISSING, saying what is to be installed */
export async function expectMaker(): Promise<FoundPython> {
  const found = await findPython();
  if (!found) {
    throw new AppError('PYTHON_MISSING', 'There is no Python 3.11 or newer on this machine.', {
      hint: 'Install it (on Debian and Ubuntu: sudo apt install python3 python3-venv), or train on another machine.',
    });
  }
  if (!found.canMakeEnvironments) {
    throw new AppError('PYTHON_MISSING', `${found.path} cannot make environments.`, {
      hint: 'Install its venv module (on Debian and Ubuntu: sudo apt install python3-venv).',
    });
  }
  return found;
}

/** The user's own Python with all that the trainer needs. @throws AppError PYTHON_MISSING */
export async function checkOwnPython(
  python: string,
  { trainerDir, needsQuantizedBase = false }: { trainerDir: string; needsQuantizedBase?: boolean },
): Promise<FoundPython> {
  const packages = [...trainerPackages, ...(needsQuantizedBase ? ['bitsandbytes'] : [])];
  const found = await probePython(python, packages);
  if (!found) {
    throw new AppError('PYTHON_MISSING', `${python} cannot be run as Python.`, {
      hint: 'Give the path of a Python 3.11 or newer, or leave it empty.',
    });
  }
  if (!isNewEnough(found)) {
    throw new AppError('PYTHON_MISSING', `${python} is Python ${found.version}; 3.11 or newer is needed.`, {
      hint: 'Name another one, or leave it empty.',
    });
  }
  if (found.missing.length > 0) {
    throw new AppError('PYTHON_MISSING', `${python} lacks ${found.missing.join(', ')}.`, {
      hint: `Install them there with \`"${python}" -m pip install -r "${join(trainerDir, lockNameOf(needsQuantizedBase))}"\`, or leave the path empty.`,
    });
  }
  return found;
}
