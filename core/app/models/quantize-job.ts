import path from 'node:path';
import { z } from 'zod';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { quantizationTypeSchema, type CoreHandlers } from '../../contract/index.ts';
import { inspectModel } from '../../generation/index.ts';
import type { JobContext, Jobs } from '../../jobs/index.ts';
import {
  chooseOutputs,
  expectFree,
  quantizeModel,
  readOrigin,
  writeOrigin,
  type FileHashes,
} from '../../models/index.ts';

const inputSchema = z.object({
  path: z.string(),
  types: z.array(quantizationTypeSchema).min(1),
  allowRequantize: z.boolean(),
});
type QuantizeInput = z.infer<typeof inputSchema>;

interface QuantizeDeps {
  jobs: Jobs;
  /** Where they are written. */
  folder: string;
  hashes: FileHashes;
  /** @throws AppError CONFLICT where the file answers questions now */
  refuseUsed(file: string): void;
}

/** Quantizing as a job of the kind `model-quantize`: the files come into the models folder, each with its origin. */
export function createQuantizeHandlers({
  jobs,
  ...deps
}: QuantizeDeps): Pick<CoreHandlers, 'models.startQuantize'> {
  const start = jobs.define<QuantizeInput>({
    kind: 'model-quantize',
    input: inputSchema,
    // A file that was being written when it ended is written anew.
    canResume: true,
    keepsWork: true,
    title: ({ path: file, types }) => `Quantize ${path.basename(file)} to ${types.join(', ')}`,
    run: (input, context) => quantize(input, deps, context),
  });
  return {
    'models.startQuantize': async (input) => {
      const file = path.resolve(input.path);
      // What cannot be quantized is said at once, not by a job that fails.
      await inspectModel(file);
      const targets = chooseOutputs(file, input.types, deps.folder);
      targets.forEach(deps.refuseUsed);
      expectFree(targets, 'Delete it first, or leave its type out.');
      return { jobId: start({ ...input, path: file }).id };
    },
  };
}

async function quantize(
  { path: input, types, allowRequantize }: QuantizeInput,
  { folder, hashes, refuseUsed }: Omit<QuantizeDeps, 'jobs'>,
  { signal, report }: JobContext,
): Promise<void> {
  const [sourceHash, of] = [await hashFile(input, signal), await readOrigin(input)];
  chooseOutputs(input, types, folder).forEach(refuseUsed);
  let finished = 0;
  const items = quantizeModel({
    ...{ input, types, allowRequantize, inspect: inspectModel, signal },
    // What an attempt before this one wrote is written anew.
    ...{ out: folder, replace: true },
  });
  for await (const item of items) {
    if (item.kind === 'progress') {
      const done = finished + item.done / item.total;
      const note = `${item.type}, tensor ${item.done} of ${item.total}`;
      report.progress({ done, total: types.length, note });
      continue;
    }
    finished++;
    const { model } = item;
    const sha256 = await hashes.of(model.path);
    await writeOrigin(model.path, {
      ...{ kind: 'quantized', from: input, quantization: model.type, sourceHash },
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(of?.licence === undefined ? {} : { licence: of.licence }),
      ...(of === undefined ? {} : { of }),
      createdAt: new Date().toISOString(),
    });
    report.metric(model);
    report.log(
      `${model.type}: ${(model.sizeBytes / 1e6).toFixed(1)} MB, ${model.ratio.toFixed(2)} times smaller.`,
    );
  }
  report.progress({ done: types.length, total: types.length });
  report.result(folder);
}

async function hashFile(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { signal, highWaterMark: 1 << 20 }))
    hash.update(chunk as Buffer);
  return hash.digest('hex');
}
