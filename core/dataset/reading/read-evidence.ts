import { evidenceSchema, type Evidence } from '../../contract/index.ts';
import type { DatasetFolder } from './dataset-folder.ts';
import { parseRecord, unlessMissing } from './parse-file.ts';
import { readLines } from './read-lines.ts';

/**
 * The evidence for one pair of SQL, or undefined where none was kept. The file is searched as bytes: only the line
 * that is wanted is parsed, because some databases have megabytes of them.
 */
export async function readEvidence(
  folder: DatasetFolder,
  dbId: string,
  pair: { sqliteSql: string; sql: string },
  signal?: AbortSignal,
): Promise<Evidence | undefined> {
  const path = folder.answersFileOf(dbId);
  const mark = Buffer.from(JSON.stringify(pair.sqliteSql));
  const find = async (): Promise<Evidence | undefined> => {
    for await (const { bytes, number } of readLines(path, signal)) {
      if (!bytes.includes(mark)) continue;
      const evidence = parseRecord(
        evidenceSchema,
        bytes.toString('utf8'),
        { path, stage: 'convert' },
        number,
      );
      if (evidence.sqliteSql === pair.sqliteSql && evidence.sql === pair.sql) return evidence;
    }
    return undefined;
  };
  return unlessMissing(find());
}
