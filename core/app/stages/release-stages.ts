import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../contract/index.ts';
import { writeAside, type StageContext, type StagePath } from '../../dataset/stages/index.ts';
import { importSpider, parseSchemas, toLayoutPath, verifySpider } from '../../spider/index.ts';
import {
  examplePaths,
  inProcessed,
  inSpider,
  sqlitePath,
  tablesPath,
  type Places,
  type StagePart,
} from './stage-part.ts';

const importedPaths = [...examplePaths, tablesPath, ...['database', 'manifest.json'].map(inSpider)];
/** Below `processed`. */
export const verifyReportName = 'verify_report.json';

/** Copies the release into `raw/spider`. */
export async function describeImport({ spiderDir, source }: Places): Promise<StagePart> {
  return {
    name: 'import',
    code: ['spider', 'spider/worker'],
    inputs: source === undefined ? [] : [await describeSource(source)],
    outputs: importedPaths,
    run: async (context) => {
      if (source !== undefined) await importSpider(source, spiderDir, context);
      return undefined;
    },
  };
}

/**
 * What a user points at, under one name wherever it lies: a moved zip is the same input. A folder with nothing of a
 * release in it is no absent input, which an earlier stage would make: the import says what it lacks.
 */
async function describeSource(source: string): Promise<StagePath> {
  const at = resolve(source);
  const isFolder = await stat(at).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder
    ? { path: 'release', at, optional: true, accepts: (path) => toLayoutPath(path) !== undefined }
    : { path: 'release.zip', at };
}

/** Checks what was imported, file by file, and runs every gold query. */
export function describeVerify(places: Places): StagePart {
  return {
    name: 'verify',
    code: ['spider', 'spider/worker', 'spider/verify'],
    inputs: importedPaths,
    outputs: [inSpider('download_summary.txt'), inProcessed(verifyReportName)],
    run: async (context) => {
      await verify(places, context);
      return undefined;
    },
  };
}

async function verify({ spiderDir, processedDir }: Places, context: StageContext): Promise<void> {
  const report = await verifySpider({ ...context, spiderDir });
  const [first] = report.problems;
  if (first !== undefined) {
    const others = report.problems.length - 1;
    const more = others === 0 ? '' : ` ${others} more are in ${join(spiderDir, 'download_summary.txt')}.`;
    throw new AppError('DATASET_CORRUPT', `${first.file}: ${first.what}${more}`, { hint: first.cure });
  }
  await writeAside(join(processedDir, verifyReportName), `${JSON.stringify(report, null, 1)}\n`);
}

/** Asks SQLite for the schema of every database. */
export function describeParse({ spiderDir, processedDir }: Places): StagePart {
  return {
    name: 'parse',
    code: ['spider', 'spider/worker', 'spider/parse'],
    inputs: [...examplePaths, tablesPath, sqlitePath],
    outputs: ['schemas', 'schema_index.json'].map(inProcessed),
    run: async (context) => {
      await parseSchemas({ ...context, spiderDir, outDir: processedDir });
      return undefined;
    },
  };
}
