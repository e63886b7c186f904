import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { jobSchema } from '../contract/index.ts';

/** A job as it is kept: what its kind can do is told by the kind. */
export const storedJobSchema = jobSchema.omit({ canResume: true, keepsWork: true }).extend({
  /** What it was started with; its kind has the schema. */
  input: z.unknown(),
  /** The process that runs it, as `owner.ts` writes it. */
  owner: z.string(),
});
export type StoredJob = z.infer<typeof storedJobSchema>;

export interface JobRows {
  /** Newest first. Those that cannot be read, as another version may have written, are left out. */
  list(): StoredJob[];
  get(id: string): StoredJob | undefined;
  /** Adds or replaces. */
  put(job: StoredJob): void;
  remove(id: string): void;
}

interface Row {
  job: string;
}

export function createJobRows(database: Database): JobRows {
  const list = database.prepare<[], Row>('SELECT job FROM jobs ORDER BY created_at DESC, rowid DESC');
  const get = database.prepare<[string], Row>('SELECT job FROM jobs WHERE id = ?');
  const put = database.prepare<[string, string, string]>(
    'INSERT INTO jobs (id, created_at, job) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET job = excluded.job',
  );
  const remove = database.prepare<[string]>('DELETE FROM jobs WHERE id = ?');
  return {
    list: () => list.all().flatMap(toJobs),
    get(id) {
      const row = get.get(id);
      return row && toJobs(row)[0];
    },
    put: (job) => void put.run(job.id, job.createdAt, JSON.stringify(job)),
    remove: (id) => void remove.run(id),
  };
}

function toJobs({ job }: Row): StoredJob[] {
  const parsed = storedJobSchema.safeParse(JSON.parse(job));
  return parsed.success ? [parsed.data] : [];
}
