import { readFileSync } from 'node:fs';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import {
  modelSpeedSchema,
  type EvaluationSummary,
  type ModelFigures,
  type ModelSpeed,
} from '../../contract/index.ts';

const keptSchema = z.record(
  z.string(),
  z.object({ sizeBytes: z.number(), changedAtMs: z.number(), speed: modelSpeedSchema }),
);

/** Speeds that were measured, by the file's path; of a file that has changed since they are forgotten. */
export interface ModelSpeeds {
  get(file: string): Promise<ModelSpeed | undefined>;
  keep(file: string, speed: ModelSpeed): Promise<void>;
  paths(): string[];
}

export function createModelSpeeds(dataDir: string): ModelSpeeds {
  const file = path.join(dataDir, 'model-speeds.json');
  const read = () => {
    try {
      return keptSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data ?? {};
    } catch {
      return {};
    }
  };
  return {
    async get(model) {
      const kept = read()[model];
      const found = kept && (await stat(model).catch(() => undefined));
      return found?.size === kept?.sizeBytes && found?.mtimeMs === kept?.changedAtMs
        ? kept?.speed
        : undefined;
    },
    async keep(model, speed) {
      const { size, mtimeMs } = await stat(model);
      await mkdir(dataDir, { recursive: true });
      const all = { ...read(), [model]: { sizeBytes: size, changedAtMs: mtimeMs, speed } };
      await writeFile(`${file}.partial`, JSON.stringify(all));
      await rename(`${file}.partial`, file);
    },
    paths: () => Object.keys(read()),
  };
}

/** What is known of each model: the newest whole evaluation of each split, and its speed. */
export async function readFigures(
  speeds: ModelSpeeds,
  evaluations: readonly EvaluationSummary[],
  starter: { path: string; name: string },
): Promise<ModelFigures[]> {
  const accuracy = new Map<string, ModelFigures['accuracy']>();
  for (const run of evaluations) {
    const { request, execution, mode, id, startedAt } = run;
    if (run.state !== 'succeeded' || request.db !== undefined) continue;
    // A run that names no model asked the one in use, whichever that was.
    const file = request.modelPath ?? (run.model === starter.name ? starter.path : undefined);
    if (file === undefined) continue;
    const known = accuracy.get(file) ?? [];
    // They come newest first.
    if (known.some(({ split }) => split === request.split)) continue;
    const limit = request.limit === undefined ? {} : { limit: request.limit };
    const found = { evaluationId: id, split: request.split, mode, execution, measuredAt: startedAt };
    accuracy.set(file, [...known, { ...found, ...limit }]);
  }
  const paths = new Set([...accuracy.keys(), ...speeds.paths()]);
  const figures = [...paths].map(async (each) => {
    const speed = await speeds.get(each);
    return { path: each, accuracy: accuracy.get(each) ?? [], ...(speed ? { speed } : {}) };
  });
  return (await Promise.all(figures)).filter(
    ({ accuracy: known, ...one }) => known.length > 0 || 'speed' in one,
  );
}
