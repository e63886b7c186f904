import type {
  CoreHandlers,
  DatasetBuildEvent,
  DatasetBuildInput,
  DatasetDiff,
  DatasetExample,
  DatasetVersion,
  datasetEditingContract,
} from '../contract/index.ts';
import { createItemQueue } from '../contract/item-queue.ts';
import type { VersionDiff } from '../dataset/versions/index.ts';
import type { StartJob } from '../jobs/index.ts';
import type { NamedVersion } from './spider-versions.ts';

export type DatasetEditingHandlers = Pick<CoreHandlers, keyof typeof datasetEditingContract>;

export interface DatasetEditingOptions {
  /** Holds raw/, processed/ and versions/. */
  datasetDir: string;
  /** The pipeline as a job. */
  startBuild: StartJob<DatasetBuildInput>;
}

/**
 * What changes the dataset, or compares its versions. The pipeline's code is loaded with the first such call: the
 * app starts without it.
 */
export function createDatasetEditingHandlers({
  datasetDir,
  startBuild,
}: DatasetEditingOptions): DatasetEditingHandlers {
  return {
    'dataset.versions': async () => {
      const { readVersions } = await import('./spider-versions.ts');
      return (await readVersions(datasetDir)).map(describeVersion);
    },
    'dataset.diff': async ({ from, to, limit }, { signal }) => {
      const { compareVersions } = await import('./spider-versions.ts');
      return cutDiff(await compareVersions(datasetDir, [from, to], signal), limit);
    },
    'dataset.overrides': async () => (await loadOverrides()).listOverrides(datasetDir),
    'dataset.saveOverride': async (draft, { signal }) => {
      const { setOverride } = await loadOverrides();
      const on = new Date().toISOString().slice(0, 'YYYY-MM-DD'.length);
      return setOverride({ ...draft, on }, { dataDir: datasetDir, signal });
    },
    'dataset.removeOverride': async ({ id }) => ({
      removed: await (await loadOverrides()).dropOverride(datasetDir, id),
    }),
    'dataset.check': async (_input, { signal }) => {
      const { readStatus } = await import('./spider-pipeline.ts');
      return readStatus({ dataDir: datasetDir, signal });
    },
    'dataset.build': (input, { signal }) => build(input, datasetDir, signal),
    'dataset.startBuild': async (input) => startBuild(input),
  };
}

function loadOverrides() {
  return import('./spider-overrides.ts');
}

function describeVersion({ version, isCurrent, ...listed }: NamedVersion): DatasetVersion {
  if ('damage' in listed) return { version, isCurrent, damage: listed.damage };
  const { examples, inputs } = listed.manifest;
  return { version, isCurrent, examples, inputs };
}

function cutDiff(diff: VersionDiff, limit: number): DatasetDiff {
  const { from, to, added, removed, changed, moved, unchanged } = diff;
  return {
    from,
    to,
    counts: {
      added: added.length,
      removed: removed.length,
      changed: changed.length,
      moved: moved.length,
      unchanged,
    },
    added: added.slice(0, limit).map(shorten),
    removed: removed.slice(0, limit).map(shorten),
    changed: changed.slice(0, limit).map(({ id, fields }) => ({
      id,
      fields: Object.fromEntries(
        Object.entries(fields).map(([name, values]) => [
          name,
          { old: toText(values.old), new: toText(values.new) },
        ]),
      ),
    })),
    moved: moved.slice(0, limit),
  };
}

function shorten({ id, split, dbId, question, sql }: DatasetExample) {
  return { id, split, dbId, question, sql };
}

function toText(value: unknown): string | null {
  return typeof value === 'string' || value === null ? value : JSON.stringify(value);
}

async function* build(
  { source, stages, force }: DatasetBuildInput,
  dataDir: string,
  signal: AbortSignal,
): AsyncGenerator<DatasetBuildEvent> {
  const { runStages, stageNames } = await import('./spider-pipeline.ts');
  const wanted = stageNames.filter((name) => stages === undefined || stages.includes(name));
  const events = createItemQueue();
  const push = (event: DatasetBuildEvent): void => events.push(event);
  const report = (message: string): void => push({ kind: 'progress', message });
  runStages(wanted, {
    ...{ dataDir, source, force, signal, report },
    onStage: (run) => push({ kind: 'stage', ...run }),
  }).then(events.end, events.fail);
  yield* events.items() as AsyncGenerator<DatasetBuildEvent>;
}
