import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../contract/index.ts';
import type { LaunchContext, LaunchedRun } from '../launcher.ts';
import { quote } from './connection.ts';
import { examineHost } from './examine-host.ts';
import type { HostFolder } from './host-folder.ts';
import { hashList, listLocalFiles, listTrainerFiles, type LocalFile } from './local-files.ts';
import { makeEnvironment } from './make-environment.ts';
import type { RemoteLaunch } from './remote-launch.ts';
import { describeRemoteFailure, formatBytes } from './transfer-errors.ts';
import { expectOwnFolder } from './own-folder.ts';
import { listRemoteFiles, senderOf, uploadFiles } from './upload.ts';

/** What starts a run there. */
export interface PreparedPlace {
  /** Folder of the package over there. */
  packageFolder: string;
  /** What runs the trainer over there. */
  trainerPython: string;
  gpus: number;
}

/** Checks the host, brings code, base and data, and makes the environment; what is there already is left alone. */
export async function prepareRun(
  launch: RemoteLaunch,
  folder: HostFolder,
  run: LaunchedRun,
  context: LaunchContext,
): Promise<PreparedPlace> {
  context.progress('looking at the host');
  await expectOwnFolder(launch, folder.run(run), run);
  const machine = await examineHost(launch, folder, run.needsQuantizedBase);
  context.log(describeMachine(machine));
  for (const problem of machine.problems) context.log(problem, 'warning');
  if (launch.python && !machine.trainerPython) {
    throw new AppError('PYTHON_MISSING', machine.problems.at(-1) ?? `${launch.python} lacks packages.`, {
      hint: 'Install them there, or leave the Python empty in the host’s settings: the app makes an environment then.',
    });
  }
  const packageFolder = await bringCode(launch, folder, run, context);
  await bringBase(launch, folder, run, context);
  await bringRun(launch, folder, run, context);
  const trainerPython =
    machine.trainerPython ??
    (await makeEnvironment(
      launch,
      folder,
      { packageFolder, makerPython: expectMaker(machine), needsQuantizedBase: run.needsQuantizedBase },
      context,
    ));
  return { packageFolder, trainerPython, gpus: machine.gpus.length };
}

type Machine = Awaited<ReturnType<typeof examineHost>>;

function expectMaker({ python, host, problems }: Machine): string {
  if (python) return python.path;
  throw new AppError('PYTHON_MISSING', problems[0] ?? `${host} has no Python 3.11 or newer.`, {
    hint: 'Install it there (on Debian and Ubuntu: sudo apt install python3 python3-venv), or name one in the host’s settings.',
  });
}

function describeMachine({ host, gpus, cudaVersion, cores, memoryBytes, freeDiskBytes }: Machine): string {
  const driver = gpus[0]?.driver ? `, driver ${gpus[0].driver}` : '';
  const cuda = cudaVersion ? `, CUDA ${cudaVersion}` : '';
  const devices = gpus.map(({ name, memoryBytes: bytes }) => `${name} (${formatBytes(bytes)})`).join(', ');
  return `${host}: ${devices || 'no GPU'}${driver}${cuda}; ${cores} cores, ${formatBytes(memoryBytes)} of memory, ${formatBytes(freeDiskBytes)} of disk are free.`;
}

async function bringCode(
  launch: RemoteLaunch,
  folder: HostFolder,
  run: LaunchedRun,
  { progress }: LaunchContext,
): Promise<string> {
  const files = await listTrainerFiles(launch.trainerDir, launch.signal);
  const target = folder.code(hashList(files));
  const tell = (done: number, total: number): void => progress('bringing the trainer', done, total);
  await uploadFiles(launch, files, target, tell, senderOf(run));
  return `${target}/training`;
}

/** Into a folder by its content, to which the run's own `base` leads: the next run on it has it already. */
async function bringBase(
  launch: RemoteLaunch,
  folder: HostFolder,
  run: LaunchedRun,
  { progress }: LaunchContext,
): Promise<void> {
  const { baseDir } = run;
  if (baseDir === undefined) return;
  progress('reading the base model');
  const files = await listLocalFiles(baseDir, '', launch.signal, (path) => !/(^|\/)\./.test(path));
  if (files.length === 0) throw new AppError('MODEL_MISSING', `${baseDir} holds no model.`);
  const hash = hashList(files);
  const tell = (done: number, total: number): void => progress('bringing the base model', done, total);
  await uploadFiles(launch, files, folder.base(hash), tell, senderOf(run));
  const link = `${folder.run(run)}/base`;
  const relative = `../../bases/${folder.base(hash).split('/').at(-1)}`;
  const script = `mkdir -p -- ${quote(folder.run(run))} && rm -rf -- ${quote(link)} && ln -s -- ${relative} ${quote(link)}`;
  const result = await launch.connection.run(script, { signal: launch.signal });
  if (result.code === 0) return;
  throw await describeRemoteFailure(launch.connection, result, folder.root, undefined, launch.signal);
}

/** What the app writes of a run; and all of one that has begun elsewhere, or whose folder over there is gone. */
async function bringRun(
  launch: RemoteLaunch,
  folder: HostFolder,
  run: LaunchedRun,
  { progress }: LaunchContext,
): Promise<void> {
  const [target, { runDir }] = [folder.run(run), run];
  const names = ['recipe.yaml', 'data', 'launch.json'];
  if (existsSync(join(runDir, 'config.yaml')) && !(await hasBegun(launch, target))) {
    names.push('checkpoints', 'config.yaml', 'events.jsonl', 'trainer.log');
  }
  const files: LocalFile[] = [];
  for (const name of names) {
    const isWanted = (path: string): boolean => !/(^|\/)(\.[^/]*|cache)(\/|$)/.test(path);
    files.push(...(await listLocalFiles(join(runDir, name), name, launch.signal, isWanted)));
  }
  await uploadFiles(launch, files, target, (done, total) => progress('bringing the data', done, total));
}

async function hasBegun(launch: RemoteLaunch, target: string): Promise<boolean> {
  return (await listRemoteFiles(launch, target, ['config.yaml'])).length > 0;
}
