import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError, type SshHost } from '../../../contract/index.ts';
import { processStatusSchema, readLaunchAnswer } from '../call-launch.ts';
import { inTurn } from '../in-turn.ts';
import { insideRun, ownNames } from '../inside.ts';
import type { LaunchContext, LaunchedRun, Launcher, ProcessStatus } from '../launcher.ts';
import { quote, type SshConnection } from './connection.ts';
import { downloadFiles } from './download.ts';
import { followOnce } from './follow-run.ts';
import { openHostFolder, type HostFolder } from './host-folder.ts';
import type { SshHosts } from './hosts.ts';
import { persist } from './persist.ts';
import { prepareRun, type PreparedPlace } from './prepare-run.ts';
import { callRemoteLaunch, type RemoteLaunch } from './remote-launch.ts';
import { describeRemoteFailure } from './transfer-errors.ts';
import { listRemoteFiles, senderOf } from './upload.ts';

export interface SshLauncherDeps {
  hosts: SshHosts;
  trainerDir: string;
  /** Waits before the first, second, … further attempt to connect, ms. Defaults to 1 s, doubling up to a minute. */
  waitMs?: (attempt: number) => number;
}

interface Place {
  launch: RemoteLaunch;
  folder: HostFolder;
  runDir: string;
}

/** What launch.py says besides what a launcher passes on. */
const startedSchema = processStatusSchema.extend({ startedAt: z.string().optional() });

/** Trains on a machine that is reached over SSH; see docs/training.md for what lies where over there. */
export function createSshLauncher({ hosts, trainerDir, waitMs }: SshLauncherDeps): Launcher {
  /** What `prepare` found, for the start that follows it. */
  const ready = new Map<string, PreparedPlace>();
  const placeAt = (
    connection: SshConnection,
    host: SshHost,
    run: LaunchedRun,
    signal: AbortSignal,
  ): Place => {
    const folder = openHostFolder(host.folder);
    return {
      launch: { connection, trainerDir, python: host.python, signal },
      ...{ folder, runDir: folder.run(run) },
    };
  };
  /** Over one connection: what the user asks for is answered at once, if only by why it cannot be. */
  const once = async <T>(
    run: LaunchedRun,
    signal: AbortSignal,
    work: (place: Place) => Promise<T>,
  ): Promise<T> => {
    const host = hostOf(hosts, run);
    const connection = await hosts.connect(host.id, signal);
    try {
      return await work(placeAt(connection, host, run, signal));
    } finally {
      connection.close();
    }
  };
  /** Over as many connections as it takes. */
  const steadily = <T>(
    run: LaunchedRun,
    context: LaunchContext,
    failsAtFirst: boolean,
    work: (place: Place) => Promise<T>,
  ): Promise<T> =>
    persist(hosts, hostOf(hosts, run).id, context, { failsAtFirst, waitMs }, (connection) =>
      work(placeAt(connection, hostOf(hosts, run), run, context.signal)),
    );
  return {
    prepare: (run, context) =>
      steadily(run, context, true, async ({ launch, folder }) => {
        ready.set(run.id, await prepareRun(launch, folder, run, context));
      }),
    async start(run, { resume }, context) {
      let before: string | undefined;
      let isAgain = false;
      await steadily(run, context, true, async (place) => {
        const found = await callRemoteLaunch(place.launch, ['status', place.runDir], startedSchema);
        // The answer to a start was lost on its way: it may have been heard.
        if (found.state === 'running' || (isAgain && found.startedAt !== before)) return;
        [before, isAgain] = [found.startedAt, true];
        const prepared = ready.get(run.id) ?? (await prepareRun(place.launch, place.folder, run, context));
        context.progress('starting the trainer');
        await startTrainer(place, prepared, run, resume, context);
        ready.delete(run.id);
      });
    },
    status: (run, signal) =>
      once(run, signal, ({ launch, runDir }) =>
        callRemoteLaunch(launch, ['status', runDir], processStatusSchema),
      ),
    follow: (run, context) =>
      steadily(run, context, false, ({ launch, runDir }) => followOnce(launch, runDir, run.runDir)),
    stop: (run, signal) =>
      once(run, signal, async ({ launch, runDir }) => {
        await callRemoteLaunch(launch, ['stop', runDir], processStatusSchema);
      }),
    cancel: (run, signal) =>
      // Whatever is on record there: it may be about to be started.
      once(run, signal, async ({ launch, runDir }) => {
        await callRemoteLaunch(launch, ['cancel', runDir], processStatusSchema);
      }),
    // Who asks for all waits for the answer; the final one is the end of a run that has ended well, whenever it comes.
    fetch: (run, what, context) =>
      inTurn(run.runDir, context.signal, () =>
        steadily(run, context, what === 'all', (place) => fetchFiles(place, run, what, context)),
      ),
    cleanUp: (run, signal) => once(run, signal, (place) => removeRun(place, senderOf(run))),
  };
}

function hostOf(hosts: SshHosts, { target }: LaunchedRun): SshHost {
  if (target.kind === 'ssh') return hosts.get(target.hostId);
  throw new Error(`A run on ${target.kind} is none of the SSH launcher's.`);
}

/** A hub is never asked: the base was brought, or lies there. */
const offlineBase = { HF_HUB_OFFLINE: '1', TRANSFORMERS_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false' };

async function startTrainer(
  { launch, runDir, folder }: Place,
  { packageFolder, trainerPython, gpus }: PreparedPlace,
  run: LaunchedRun,
  resume: boolean,
  { log }: LaunchContext,
): Promise<ProcessStatus> {
  const processes = await chooseProcesses(run.runDir, gpus);
  if (processes < gpus)
    log(`${processes} of ${gpus} GPUs are used: a step's packs are no multiple of more.`, 'warning');
  const options = [
    ...(resume ? ['--resume'] : []),
    ...['--processes', String(processes)],
    ...Object.entries(offlineBase).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
  ];
  // The file over there, not ours by standard input: the trainer is the package that it lies in.
  const command = [trainerPython, `${packageFolder}/launch.py`, 'start', runDir, ...options]
    .map(quote)
    .join(' ');
  // Not by the signal: what is being started is on record first, so that a cancel finds it.
  const { signal } = new AbortController();
  const result = await launch.connection.run(`exec ${command}`, { signal });
  if (result.stdout.trim() !== '') return readLaunchAnswer(result.stdout, processStatusSchema);
  throw await describeRemoteFailure(launch.connection, result, folder.root, undefined, launch.signal);
}

/** As many GPUs as the packs of a step can be shared out among evenly. */
async function chooseProcesses(runDir: string, gpus: number): Promise<number> {
  if (gpus < 2) return 1;
  const recipe = await readFile(join(runDir, 'recipe.yaml'), 'utf8');
  const packs = Number(/^ {2}packs_per_step: (\d+)/m.exec(recipe)?.[1] ?? 1);
  for (let processes = gpus; processes > 1; processes--) if (packs % processes === 0) return processes;
  return 1;
}

/** What follow brings, what is the place's own, and what went there from here. */
const neverFetched = ownNames;

async function fetchFiles(
  { launch, runDir }: Place,
  run: LaunchedRun,
  what: 'final' | 'all',
  { progress }: LaunchContext,
): Promise<void> {
  progress('looking at what is there');
  const { stdout } = await launch.connection.run(`ls -A -- ${quote(runDir)}`, { signal: launch.signal });
  const names = stdout.split('\n').filter((name) => name !== '' && !neverFetched.has(name));
  const wanted = names.filter((name) => what === 'all' || name !== 'checkpoints');
  const files = wanted.length === 0 ? [] : await listRemoteFiles(launch, runDir, wanted);
  // The host's answer is not taken on trust: only what was asked for, and only into the run's folder.
  for (const { path } of files) insideRun(run.runDir, path, launch.connection.place.host);
  // The manifest is the trainer's last word: it comes once all that it names is here.
  const isLast = (path: string): boolean => path === 'manifest.json';
  const ordered = [...files.filter(({ path }) => !isLast(path)), ...files.filter(({ path }) => isLast(path))];
  await downloadFiles(launch, ordered, runDir, run.runDir, (done, total) =>
    progress('fetching the files', done, total),
  );
}

/** The run's folder, and its base where no other run there leads to it. @throws AppError CONFLICT while it runs */
async function removeRun({ launch, runDir, folder }: Place, sender: string): Promise<void> {
  const { connection, signal } = launch;
  const { state } = await callRemoteLaunch(launch, ['status', runDir], processStatusSchema);
  if (state === 'running') {
    throw new AppError('CONFLICT', 'The run is going on there.', { hint: 'Cancel it first.' });
  }
  const [at, root] = [quote(runDir), quote(folder.root)];
  const script = [
    `base=$(readlink ${at}/base 2>/dev/null)`,
    `rm -rf -- ${at} || exit 1`,
    `for d in ${root}/bases ${root}/code; do test -d "$d" && find "$d" -name '.*.${sender}.partial' -exec rm -f {} +; done`,
    `test -n "$base" || exit 0`,
    `for r in ${root}/runs/*/base; do test "$(readlink "$r" 2>/dev/null)" = "$base" && exit 0; done`,
    `rm -rf -- ${root}/bases/"\${base##*/}"`,
  ].join('; ');
  const result = await connection.run(script, { signal });
  if (result.code !== 0)
    throw await describeRemoteFailure(connection, result, folder.root, undefined, signal);
}
