import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { QuantizationType } from '../../contract/index.ts';
import { hashFile } from '../../dataset/stages/index.ts';
import { readOrigin } from '../../models/origin.ts';

export interface StemInput {
  runId: string;
  /** Of the checkpoint. */
  step: number;
  types: readonly QuantizationType[];
  /** SHA-256 of the F16 file that they are made from. */
  sourceHash: string;
  modelsDir: string;
}

export interface Stem {
  /** What the files are called before their type. */
  stem: string;
  /** Those that lie there already, made of the same weights. */
  here: { path: string; type: QuantizationType }[];
}

/**
 * Names files by the run and the checkpoint; by the weights, too, where other files have that name: of a run that went on
 * from an earlier step, or was removed before this one of its name. Whatever lies there may be in use, and stays.
 */
export async function chooseStem(input: StemInput): Promise<Stem> {
  const first = nameByStep(input.runId, input.step);
  for (let attempt = 0; ; attempt++) {
    const more = attempt === 0 ? '' : `-${input.sourceHash.slice(0, 8)}${attempt === 1 ? '' : `-${attempt}`}`;
    const here = await findHere(`${first}${more}`, input);
    if (here) return { stem: `${first}${more}`, here };
  }
}

/** `retail-step-000060`. */
export function nameByStep(runId: string, step: number): string {
  return `${runId}-step-${String(step).padStart(6, '0')}`;
}

/** Undefined where another model has one of the names. */
async function findHere(stem: string, { types, modelsDir, sourceHash }: StemInput) {
  const here: Stem['here'] = [];
  for (const type of types) {
    const path = join(modelsDir, `${stem}-${type}.gguf`);
    if (!existsSync(path)) continue;
    const origin = await readOrigin(path);
    const isSame = origin?.kind === 'run' && origin.sourceHash === sourceHash;
    if (!isSame || origin.sha256 !== (await hashFile(path))) return undefined;
    here.push({ path, type });
  }
  return here;
}
