import { z } from 'zod';
import type { DatasetFolder } from './dataset-folder.ts';
import type { NearDuplicate } from './indexed-example.ts';
import { readJsonFile } from './parse-file.ts';

const reportSchema = z.object({
  nearDuplicates: z.array(z.object({ ids: z.tuple([z.string(), z.string()]), similarity: z.number() })),
});

/** Questions of different splits that are nearly the same, from the split report, by either one's id. */
export async function readNearDuplicates(folder: DatasetFolder): Promise<Map<string, NearDuplicate[]>> {
  const report = await readJsonFile(reportSchema, { path: folder.splitReportFile, stage: 'split' });
  const byId = new Map<string, NearDuplicate[]>();
  const add = (id: string, twin: NearDuplicate): void => void byId.set(id, [...(byId.get(id) ?? []), twin]);
  for (const { ids, similarity } of report?.nearDuplicates ?? []) {
    add(ids[0], { id: ids[1], similarity });
    add(ids[1], { id: ids[0], similarity });
  }
  return byId;
}
