import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { formatModelReference, parseEndpoint, parseModelReference } from '../../contract/index.ts';
import type { FileHashes } from '../../models/index.ts';
import type { SettingRows } from '../../store/index.ts';

/** A connection's adapter, with the model that it was held against when it was chosen. */
const keptAdapterSchema = z.object({
  path: z.string(),
  model: z.string(),
  /** Of that model's file. */
  modelSha256: z.string().optional(),
});
export type KeptAdapter = z.infer<typeof keptAdapterSchema>;

/** Older versions kept the adapter's path alone. */
const keptSchema = z.record(z.string(), z.union([z.string(), keptAdapterSchema]));

export interface ConnectionAdapters {
  /** By the connection's id. */
  get(): Record<string, KeptAdapter>;
  set(adapters: Record<string, KeptAdapter>): void;
}

export function keepConnectionAdapters(settings: SettingRows): ConnectionAdapters {
  const key = 'models.adapters';
  return {
    get: () =>
      Object.fromEntries(
        Object.entries(settings.get(key, keptSchema) ?? {}).map(([id, kept]) => [
          id,
          typeof kept === 'string' ? { path: kept, model: '' } : kept,
        ]),
      ),
    set: (adapters) => settings.set(key, adapters),
  };
}

/** What answers a connection's questions. */
export interface AnsweringModel {
  /** With the adapter, where it is applied. */
  reference: string;
  /** The connection's adapter, where it is not applied, and why: a sentence. */
  ignored?: { path: string; reason: string };
}

/** The model with the adapter that was chosen for the connection, where it was chosen for this very model. */
export function chooseModel(
  model: string,
  connectionId: string,
  { adapters, hashes }: { adapters: ConnectionAdapters; hashes: FileHashes },
): AnsweringModel {
  const kept = adapters.get()[connectionId];
  if (!kept) return { reference: model };
  const reason = findMisfit(kept, model, hashes);
  return reason === undefined
    ? { reference: formatModelReference({ path: model, adapterPath: kept.path }) }
    : { reference: model, ignored: { path: kept.path, reason } };
}

function findMisfit(kept: KeptAdapter, model: string, hashes: FileHashes): string | undefined {
  if (parseEndpoint(model)) return 'The model is a server’s, which loads its adapters itself.';
  if (parseModelReference(model).adapterPath !== undefined) return 'The model in use has an adapter already.';
  if (!existsSync(kept.path)) return 'Its file is gone.';
  if (kept.model === '') return 'It is not known which model it was chosen for: choose it again.';
  const now = hashes.known(model);
  if (kept.modelSha256 === undefined ? kept.model === model : kept.modelSha256 === now) return undefined;
  // Known from the next question on, if it is the same file with another time.
  if (now === undefined) void hashes.of(model).catch(() => undefined);
  return kept.model === model
    ? 'The model’s file has changed since it was chosen: choose it again.'
    : `It was chosen for another model, ${path.basename(kept.model)}.`;
}

/** How a file, or what lies in a folder, is used now: a sentence; undefined where it is not. */
export function findUse(
  file: string,
  { inUse, adapters }: { inUse: string; adapters: ConnectionAdapters },
): string | undefined {
  const covers = (used: string | undefined) =>
    used !== undefined && (used === file || used.startsWith(`${file}${path.sep}`));
  const model = parseEndpoint(inUse) ? undefined : parseModelReference(inUse);
  if (covers(model?.path) || covers(model?.adapterPath)) return `${name(file)} answers the questions now.`;
  const connection = Object.entries(adapters.get()).find(([, kept]) => covers(kept.path));
  return connection && `${name(file)} holds the adapter of the connection ${connection[0]}.`;
}

function name(file: string): string {
  return path.basename(file);
}
