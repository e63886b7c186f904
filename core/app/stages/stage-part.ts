import { join } from 'node:path';
import type { Stage, StagePath } from '../../dataset/stages/index.ts';
import { splitFiles } from '../../spider/index.ts';

/** The stages in the order in which `data all` runs them. */
export const stageNames = ['import', 'verify', 'parse', 'convert', 'format', 'split', 'version'] as const;
export type StageName = (typeof stageNames)[number];

/** Where a pipeline's files are. */
export interface Places {
  spiderDir: string;
  processedDir: string;
  cacheDir: string;
  versionsDir: string;
  overridesFile: string;
  /** The release to import: a zip or a folder. Undefined keeps what is imported. */
  source: string | undefined;
}

/** A stage without what all stages have alike. */
export type StagePart = Pick<Stage, 'inputs' | 'outputs' | 'prepare' | 'run'> & {
  name: StageName;
  /** Folders below core/ whose code makes the outputs. */
  code: string[];
};

export function locatePlaces(dataDir: string, source: string | undefined): Places {
  return {
    spiderDir: join(dataDir, 'raw', 'spider'),
    processedDir: join(dataDir, 'processed'),
    cacheDir: join(dataDir, 'cache'),
    versionsDir: join(dataDir, 'versions'),
    overridesFile: join(dataDir, overridesPath.path),
    source,
  };
}

export function inSpider(name: string): StagePath {
  return { path: `raw/spider/${name}` };
}

export function inProcessed(name: string): StagePath {
  return { path: `processed/${name}` };
}

export const overridesPath: StagePath = { path: 'overrides.jsonl', optional: true };

/** The examples and databases of the import; its copies of the DDL and of the gold SQL are read by `verify` only. */
export const examplePaths: StagePath[] = Object.values(splitFiles).map(inSpider);
export const tablesPath: StagePath = inSpider('tables.json');
export const sqlitePath: StagePath = {
  ...inSpider('database'),
  accepts: (path) => path.endsWith('.sqlite'),
};
