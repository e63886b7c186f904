import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../contract/index.ts';
import type { LaunchedRun } from '../launchers/index.ts';
import { readLaunch, writeLaunch, type LaunchFile } from './launch-file.ts';
import { openRunLog, type RunLog } from './run-log.ts';
import { openTextPages, type TextPages } from './text-pages.ts';

export interface StoredRun {
  id: string;
  runDir: string;
  /** Absent where it was started outside the app. */
  launch: LaunchFile | undefined;
  log: RunLog;
  pages: TextPages;
}

/** The folders of runs; their files are the only truth, so that any process of the app sees the same. */
export interface RunStore {
  dirOf(runId: string): string;
  list(): Promise<StoredRun[]>;
  /** @throws AppError NOT_FOUND */
  get(runId: string): Promise<StoredRun>;
  /** Changes launch.json; changes to one run come one after another. */
  change(runId: string, change: (launch: LaunchFile) => LaunchFile): Promise<LaunchFile>;
  remove(runId: string): Promise<void>;
}

export function createRunStore(runsDir: string): RunStore {
  const opened = new Map<string, { log: RunLog; pages: TextPages }>();
  const changing = new Map<string, Promise<unknown>>();
  const dirOf = (runId: string) => join(runsDir, runId);
  const filesOf = (runId: string) => {
    const runDir = dirOf(runId);
    const files = opened.get(runId) ?? {
      log: openRunLog(runDir),
      pages: openTextPages(join(runDir, 'trainer.log')),
    };
    opened.set(runId, files);
    return files;
  };
  const read = async (runId: string): Promise<StoredRun | undefined> => {
    const names = await readdir(dirOf(runId)).catch(() => []);
    // People keep data beside runs.
    if (!names.some((name) => runFiles.has(name))) return undefined;
    return { id: runId, runDir: dirOf(runId), launch: await readLaunch(dirOf(runId)), ...filesOf(runId) };
  };
  return {
    dirOf,
    async list() {
      const entries = await readdir(runsDir, { withFileTypes: true }).catch(() => []);
      const names = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
      return (await Promise.all(names.map(({ name }) => read(name)))).flatMap((run) => run ?? []);
    },
    async get(runId) {
      const run = isPlainName(runId) ? await read(runId) : undefined;
      return run ?? refuseMissing(runId);
    },
    change(runId, change) {
      const turn = (changing.get(runId) ?? Promise.resolve()).then(async () => {
        const launch = await readLaunch(dirOf(runId));
        if (!launch) refuseForeign(runId);
        const changed = change(launch);
        await writeLaunch(dirOf(runId), changed);
        return changed;
      });
      changing.set(
        runId,
        turn.catch(() => undefined),
      );
      return turn;
    },
    async remove(runId) {
      opened.delete(runId);
      await rm(dirOf(runId), { recursive: true, force: true });
    },
  };
}

const runFiles: ReadonlySet<string> = new Set(['launch.json', 'config.yaml', 'events.jsonl']);

/** A run is named by its folder: nothing that leads elsewhere. */
function isPlainName(runId: string): boolean {
  return /^[^/\\]+$/.test(runId) && !runId.startsWith('.');
}

function refuseMissing(runId: string): never {
  throw new AppError('NOT_FOUND', `There is no run ${runId}.`, { hint: 'See the list of runs.' });
}

function refuseForeign(runId: string): never {
  throw new AppError('CONFLICT', `The run ${runId} was started outside the app.`, {
    hint: 'Stop or resume it where it was started.',
  });
}

/** As the launchers know it. @throws AppError CONFLICT where it was started outside the app */
export function toLaunchedRun({ id, runDir, launch }: StoredRun): LaunchedRun {
  if (!launch) return refuseForeign(id);
  const { uuid, target, baseDir, needsQuantizedBase } = launch;
  return {
    ...{ id, runDir, target, needsQuantizedBase },
    ...(uuid !== undefined && { uuid }),
    ...(baseDir !== undefined && { baseDir }),
  };
}
