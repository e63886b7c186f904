import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  AppError,
  evaluationModeSchema,
  evaluationReportSchema,
  evaluationRequestSchema,
  evaluationRowSchema,
  type EvaluationMode,
  type EvaluationReport,
  type EvaluationRequest,
  type EvaluationRow,
} from '../../contract/index.ts';

/** `run.json`: a run's own facts. Its rows lie beside it, a line each, and its report once it is whole. */
export const keptRunSchema = z.object({
  id: z.string(),
  jobId: z.string().optional(),
  request: evaluationRequestSchema,
  mode: evaluationModeSchema,
  /** The model's name; empty before its first answer. */
  model: z.string(),
  startedAt: z.string(),
  endedAt: z.string().optional(),
  spentMs: z.number(),
  total: z.number().int().optional(),
});
export type KeptRun = z.infer<typeof keptRunSchema>;

/** A file of JSON lines, as the jobs have them. */
export interface RowLines {
  append(value: unknown): void;
  count(): number;
  read(from: number, limit: number): unknown[];
}

/** Where runs are kept, a folder each. */
export interface RunFolder {
  create(request: EvaluationRequest, mode: EvaluationMode): Promise<KeptRun>;
  /** @throws AppError NOT_FOUND */
  get(id: string): Promise<KeptRun>;
  /** Newest first; what is no run is left out. */
  list(): Promise<KeptRun[]>;
  change(id: string, changed: Partial<KeptRun>): Promise<KeptRun>;
  /** Written down when this returns. */
  addRow(id: string, row: EvaluationRow): void;
  rows(id: string): EvaluationRow[];
  writeReport(id: string, report: EvaluationReport): Promise<void>;
  /** Undefined where the run has not ended. */
  report(id: string): Promise<EvaluationReport | undefined>;
  /** The same without its rows: a list need not read them. */
  reportHead(id: string): Promise<EvaluationReport | undefined>;
  remove(id: string): Promise<void>;
}

/** @param folder need not be there yet; readable by its owner only */
export function createRunFolder(folder: string, openLines: (path: string) => RowLines): RunFolder {
  const fileOf = (id: string, name: string): string => {
    if (!/^[\w-]+$/.test(id)) throw unknownRun();
    return join(folder, id, name);
  };
  const write = async (run: KeptRun): Promise<KeptRun> => {
    await mkdir(join(folder, run.id), { recursive: true, mode: 0o700 });
    await replaceFile(fileOf(run.id, 'run.json'), run);
    return run;
  };
  const get = async (id: string): Promise<KeptRun> => {
    const run = await readJson(fileOf(id, 'run.json'), keptRunSchema);
    if (run) return run;
    throw unknownRun();
  };
  const changes = new Map<string, Promise<void>>();
  const lines = new Map<string, RowLines>();
  const rowsOf = (id: string): RowLines => {
    const file = lines.get(id) ?? openLines(fileOf(id, 'rows.jsonl'));
    lines.set(id, file);
    return file;
  };
  return {
    create: (request, mode) => {
      const startedAt = new Date().toISOString();
      return write({ id: makeId(startedAt), request, mode, model: '', startedAt, spentMs: 0 });
    },
    get,
    async list() {
      const ids = (await readdir(folder).catch(() => [])).filter((name) => /^[\w-]+$/.test(name));
      const runs = await Promise.all(ids.map((id) => readJson(fileOf(id, 'run.json'), keptRunSchema)));
      return runs
        .filter((run) => run !== undefined)
        .toSorted((a, b) => b.startedAt.localeCompare(a.startedAt) || b.id.localeCompare(a.id));
    },
    change(id, changed) {
      // One after another: two at once would each write what the other has not.
      const before = changes.get(id) ?? Promise.resolve();
      const change = before.then(async () => write({ ...(await get(id)), ...changed }));
      const settled = change.then(noop, noop);
      changes.set(id, settled);
      void settled.then(() => changes.get(id) === settled && changes.delete(id));
      return change;
    },
    addRow: (id, row) => rowsOf(id).append(row),
    rows(id) {
      const file = rowsOf(id);
      return file.read(0, file.count()).map((row) => evaluationRowSchema.parse(row));
    },
    async writeReport(id, report) {
      const suite = report.testSuite && { testSuite: { ...report.testSuite, rows: [] } };
      await replaceFile(fileOf(id, 'report-head.json'), { ...report, ...suite, rows: [] });
      await replaceFile(fileOf(id, 'report.json'), report);
    },
    report: (id) => readJson(fileOf(id, 'report.json'), evaluationReportSchema),
    reportHead: (id) => readJson(fileOf(id, 'report-head.json'), evaluationReportSchema),
    async remove(id) {
      await get(id);
      lines.delete(id);
      await rm(join(folder, id), { recursive: true, force: true });
    },
  };
}

function noop(): void {
  // Whoever asked for the change is told how it ended.
}

/** Of the moment, so that folders sort; `20261123-053412-9f3a`. */
function makeId(startedAt: string): string {
  const moment = startedAt.replaceAll(/[-:]|\..*/g, '').replace('T', '-');
  return `${moment}-${randomBytes(2).toString('hex')}`;
}

async function replaceFile(path: string, value: unknown): Promise<void> {
  await writeFile(`${path}.partial`, `${JSON.stringify(value)}\n`);
  await rename(`${path}.partial`, path);
}

/** Undefined where there is none, or what is there does not fit. */
async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function unknownRun(): AppError {
  return new AppError('NOT_FOUND', 'This evaluation is not kept any more.', {
    hint: 'It was removed; the list has those that are kept.',
  });
}
