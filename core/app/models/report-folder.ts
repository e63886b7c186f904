import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AppError, modelReportSchema } from '../../contract/index.ts';

/** As it is kept: how it stands, its job says. */
export const keptReportSchema = modelReportSchema.omit({ state: true }).extend({
  /** The evaluation of each file, by its path: one that was interrupted is gone on with. */
  evaluations: z.record(z.string(), z.string()),
  /** Whether all of it was measured. */
  whole: z.boolean(),
});
export type KeptReport = z.infer<typeof keptReportSchema>;

/** Reports of several models, a file of JSON each. */
export interface ReportFolder {
  write(report: KeptReport): Promise<void>;
  /** @throws AppError NOT_FOUND */
  get(id: string): Promise<KeptReport>;
  /** Newest first; what is no report is left out. */
  list(): Promise<KeptReport[]>;
  remove(id: string): Promise<void>;
}

/** @param folder need not be there yet */
export function createReportFolder(folder: string): ReportFolder {
  const fileOf = (id: string): string => {
    if (!/^[\w-]+$/.test(id)) throw unknownReport();
    return path.join(folder, `${id}.json`);
  };
  const read = async (file: string): Promise<KeptReport | undefined> => {
    try {
      return keptReportSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
    } catch {
      return undefined;
    }
  };
  return {
    async write(report) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(`${fileOf(report.id)}.partial`, JSON.stringify(report));
      await rename(`${fileOf(report.id)}.partial`, fileOf(report.id));
    },
    async get(id) {
      const report = await read(fileOf(id));
      if (report) return report;
      throw unknownReport();
    },
    async list() {
      const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
      const reports = await Promise.all(names.map((name) => read(path.join(folder, name))));
      return reports
        .filter((report) => report !== undefined)
        .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
    },
    remove: (id) => rm(fileOf(id), { force: true }),
  };
}

function unknownReport(): AppError {
  return new AppError('NOT_FOUND', 'This comparison is not kept any more.', {
    hint: 'It was removed; the list has those that are kept.',
  });
}
