import { z } from 'zod';
import { machineInfoSchema, type MachineInfo } from '../../../contract/index.ts';
import { quote } from './connection.ts';
import { listEnvironments, type EnvironmentKind, type HostFolder } from './host-folder.ts';
import { callRemoteLaunch, type RemoteLaunch } from './remote-launch.ts';

export interface ExaminedHost extends MachineInfo {
  /** What runs the trainer; absent: its environment must be made first. */
  trainerPython?: string | undefined;
}

/** What the host has for training, and whether a Python there has the packages. */
export async function examineHost(
  launch: RemoteLaunch,
  folder: HostFolder,
  needsQuantizedBase: boolean,
): Promise<ExaminedHost> {
  if (launch.python) return examineOwnPython(launch, folder, launch.python, needsQuantizedBase);
  const kinds = listEnvironments(launch.trainerDir, needsQuantizedBase);
  const { environment, stamp } = await findEnvironment(launch, folder, kinds);
  const args = ['machine', folder.root, '--environment', environment, '--stamp', stamp];
  const machine = await callRemoteLaunch(launch, args, machineInfoSchema);
  return { ...machine, ...(machine.environmentReady && { trainerPython: `${environment}/bin/python` }) };
}

/** One that was made to its end, else the first, which is not there yet. */
async function findEnvironment(
  { connection, signal }: RemoteLaunch,
  folder: HostFolder,
  kinds: EnvironmentKind[],
): Promise<{ environment: string; stamp: string }> {
  const all = kinds.map(({ stamp }) => ({ environment: folder.environment(stamp), stamp }));
  const stamps = all.map(({ environment }) => quote(`${environment}/installed.sha256`)).join(' ');
  const { stdout } = await connection.run(`cat ${stamps} 2>/dev/null; true`, { signal });
  const [first = { environment: '', stamp: '' }] = all;
  return all.find(({ stamp }) => stdout.includes(stamp)) ?? first;
}

/** Without these the trainer does not start; by the names that they are imported by. */
const packages = [
  'torch',
  'transformers',
  'peft',
  'safetensors',
  'sentencepiece',
  'numpy',
  'yaml',
  'filelock',
];

const ownSchema = z.object({ path: z.string(), version: z.string(), missing: z.array(z.string()) });

async function examineOwnPython(
  launch: RemoteLaunch,
  folder: HostFolder,
  python: string,
  needsQuantizedBase: boolean,
): Promise<ExaminedHost> {
  const machine = await callRemoteLaunch(launch, ['machine', folder.root], machineInfoSchema);
  const names = [...packages, ...(needsQuantizedBase ? ['bitsandbytes'] : [])];
  const script = `exec ${quote(python)} -c ${quote(probe)} ${names.join(' ')}`;
  const { stdout } = await launch.connection.run(script, { signal: launch.signal });
  const own = ownSchema.safeParse(parse(stdout)).data;
  // What the system's own Pythons lack does not matter then.
  const problems = machine.problems.filter((problem) => !/python/i.test(problem));
  if (!own) return { ...machine, problems: [...problems, `${python} cannot be run there as Python.`] };
  if (own.missing.length > 0) problems.push(`${python} lacks ${own.missing.join(', ')}.`);
  const isReady = own.missing.length === 0;
  return {
    ...machine,
    ...{ python: { path: own.path, version: own.version }, environmentReady: isReady, problems },
    ...(isReady && { trainerPython: python }),
  };
}

const probe =
  'import importlib.util, json, sys; print(json.dumps({"path": sys.executable, "version": "%d.%d.%d" % sys.version_info[:3], "missing": [n for n in sys.argv[1:] if importlib.util.find_spec(n) is None]}))';

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
