import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  AppError,
  evaluationRowSchema,
  gateReportSchema,
  gateSchema,
  type EvaluationRow,
  type GateReport,
} from '../../contract/index.ts';
import type { RowLines } from '../kept-runs/run-folder.ts';

/** `gate.json`: what was asked for. What each model answered lies beside it, a line each, and the report in the end. */
const keptGateSchema = gateSchema.omit({ state: true, report: true, error: true });
export type KeptGate = z.infer<typeof keptGateSchema>;

export type GateSide = 'before' | 'after';

/** What one model answered to one question; `row` is absent where the question's own SQL did not run. */
export const gateAnswerSchema = z.object({ key: z.string(), row: evaluationRowSchema.optional() });
export type GateAnswer = z.infer<typeof gateAnswerSchema>;

export interface GateFolder {
  create(gate: Omit<KeptGate, 'id' | 'startedAt'>): Promise<KeptGate>;
  /** @throws AppError NOT_FOUND */
  get(id: string): Promise<KeptGate>;
  /** Newest first. */
  list(): Promise<KeptGate[]>;
  change(id: string, changed: Partial<KeptGate>): Promise<KeptGate>;
  /** Written down when this returns. */
  addAnswer(id: string, side: GateSide, answer: { key: string; row: EvaluationRow | undefined }): void;
  answers(id: string, side: GateSide): GateAnswer[];
  writeReport(id: string, report: GateReport): Promise<void>;
  /** Undefined where it has not ended. */
  report(id: string): Promise<GateReport | undefined>;
  remove(id: string): Promise<void>;
}

/** @param folder need not be there yet; readable by its owner only */
export function createGateFolder(folder: string, openLines: (path: string) => RowLines): GateFolder {
  const fileOf = (id: string, name: string): string => {
    if (!/^[\w-]+$/.test(id)) throw unknownGate();
    return join(folder, id, name);
  };
  const write = async (gate: KeptGate): Promise<KeptGate> => {
    await mkdir(join(folder, gate.id), { recursive: true, mode: 0o700 });
    await replaceFile(fileOf(gate.id, 'gate.json'), gate);
    return gate;
  };
  const get = async (id: string): Promise<KeptGate> => {
    const gate = await readJson(fileOf(id, 'gate.json'), keptGateSchema);
    if (gate) return gate;
    throw unknownGate();
  };
  const opened = new Map<string, RowLines>();
  const linesOf = (id: string, side: GateSide): RowLines => {
    const path = fileOf(id, `${side}.jsonl`);
    const lines = opened.get(path) ?? openLines(path);
    opened.set(path, lines);
    return lines;
  };
  return {
    create: (draft) => {
      const startedAt = new Date().toISOString();
      const moment = startedAt.replaceAll(/[-:]|\..*/g, '').replace('T', '-');
      return write({ ...draft, id: `${moment}-${randomBytes(2).toString('hex')}`, startedAt });
    },
    get,
    async list() {
      const ids = (await readdir(folder).catch(() => [])).filter((name) => /^[\w-]+$/.test(name));
      const gates = await Promise.all(ids.map((id) => readJson(fileOf(id, 'gate.json'), keptGateSchema)));
      return gates
        .filter((gate) => gate !== undefined)
        .toSorted((a, b) => b.startedAt.localeCompare(a.startedAt) || b.id.localeCompare(a.id));
    },
    change: async (id, changed) => write({ ...(await get(id)), ...changed }),
    addAnswer: (id, side, answer) => linesOf(id, side).append(answer),
    answers(id, side) {
      const file = linesOf(id, side);
      return file.read(0, file.count()).map((answer) => gateAnswerSchema.parse(answer));
    },
    writeReport: (id, report) => replaceFile(fileOf(id, 'report.json'), report),
    report: (id) => readJson(fileOf(id, 'report.json'), gateReportSchema),
    async remove(id) {
      await get(id);
      for (const side of ['before', 'after'] as const) opened.delete(fileOf(id, `${side}.jsonl`));
      await rm(join(folder, id), { recursive: true, force: true });
    },
  };
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

function unknownGate(): AppError {
  return new AppError('NOT_FOUND', 'This gate is not kept any more.', { hint: 'Measure the model again.' });
}
