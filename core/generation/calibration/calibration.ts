import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { defaultVoteWeights, type Evidence } from '../vote.ts';
import { applyLogistic } from './fit-logistic.ts';

/** What was fitted for one model file, kept beside it; written by `build/scripts/calibrate.ts`. */
export const calibrationSchema = z.object({
  /** Of the model file: parameters of another file mean nothing. */
  modelSha256: z.string(),
  /** Factors of the vote's evidence. */
  vote: z.object({
    logProb: z.number(),
    empty: z.number(),
    allNull: z.number(),
    larger: z.number(),
    unsaid: z.number(),
  }),
  /** Probability of a right answer by `confidenceFeatures`. */
  confidence: z.object({ intercept: z.number(), weights: z.array(z.number()) }),
  /** Where the parameters come from. */
  provenance: z.object({
    createdAt: z.string(),
    databases: z.array(z.string()),
    questions: z.number().int(),
    candidates: z.number().int(),
    command: z.string(),
    /** Right answers on those questions; each database was left out of the fit that judged it. */
    right: z.object({ first: z.number().int(), voted: z.number().int(), any: z.number().int() }),
    /** Mean squared distance of confidence and truth, likewise left out. */
    brierScore: z.number(),
  }),
});
export type Calibration = z.infer<typeof calibrationSchema>;

/** What the vote weighs with, and the calibration where there is one for this very file. */
export interface VoteSettings {
  weights: Evidence;
  calibration?: Calibration | undefined;
}

/** `starter.gguf` → `starter-calibration.json` beside it. */
export function calibrationFileOf(modelFile: string): string {
  return modelFile.replace(/(\.gguf)?$/i, '-calibration.json');
}

/** A share of exactly 0 or 1 has no logarithm of odds. */
const edge = 1e-3;

/** Logarithm of the odds of the winner's share, and of the probability that the model gives to its statements. */
export function confidenceFeatures({ share, logMass }: { share: number; logMass: number }): number[] {
  const inside = Math.min(1 - edge, Math.max(edge, share));
  return [Math.log(inside / (1 - inside)), Math.max(-30, logMass)];
}

export function calibratedConfidence(
  { confidence }: Calibration,
  winner: { share: number; logMass: number },
): number {
  return applyLogistic(confidence, confidenceFeatures(winner));
}

const kept = new Map<string, Promise<VoteSettings>>();

/** Reads a model file's calibration, once for each state of both files. One that is missing or for another file counts as none. */
export async function readVoteSettings(modelFile: string): Promise<VoteSettings> {
  const file = calibrationFileOf(modelFile);
  const states = await Promise.all([modelFile, file].map(describeState));
  const key = JSON.stringify([modelFile, ...states]);
  const settings = kept.get(key) ?? readSettings(modelFile, file);
  kept.set(key, settings);
  return settings;
}

async function describeState(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  return found ? `${found.size} ${found.mtimeMs}` : 'none';
}

async function readSettings(modelFile: string, file: string): Promise<VoteSettings> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const parsed = calibrationSchema.safeParse(text === undefined ? undefined : parseJson(text));
  if (!parsed.success || (await hashFile(modelFile)) !== parsed.data.modelSha256) {
    return { weights: defaultVoteWeights };
  }
  return { weights: parsed.data.vote, calibration: parsed.data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** SHA-256 of a file of any size, in hexadecimal. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
