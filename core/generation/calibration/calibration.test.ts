import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultVoteWeights } from '../vote.ts';
import {
  calibratedConfidence,
  calibrationFileOf,
  hashFile,
  readVoteSettings,
  type Calibration,
} from './calibration.ts';
import { applyLogistic, fitLogistic } from './fit-logistic.ts';
import { fitVoteWeights, type VoteCase } from './fit-votes.ts';

describe('fitLogistic', () => {
  test('finds the probabilities that the cases have', () => {
    // Of 100 cases each: 20 right at feature 0, 70 right at feature 1.
    const cases = [0, 1].flatMap((feature) =>
      Array.from({ length: 100 }, (_, index) => ({
        features: [feature],
        positive: index < (feature === 0 ? 20 : 70),
      })),
    );
    const model = fitLogistic(cases);
    expect(applyLogistic(model, [0])).toBeCloseTo(0.2, 1);
    expect(applyLogistic(model, [1])).toBeCloseTo(0.7, 1);
    expect(fitLogistic(cases)).toEqual(model);
  });

  test('stays finite where a feature separates the cases, and without any', () => {
    const cases = [-2, -1, 1, 2].map((feature) => ({ features: [feature], positive: feature > 0 }));
    expect(applyLogistic(fitLogistic(cases), [2])).toBeGreaterThan(0.9);
    expect(applyLogistic(fitLogistic([]), [])).toBe(0.5);
  });
});

describe('fitVoteWeights', () => {
  const candidate = (logProb: number, rowCount: number, correct: boolean) => ({
    sql: `${logProb} ${rowCount}`,
    logProb,
    rowCount,
    outcome: 'succeeded' as const,
    key: `${rowCount}`,
    correct,
  });
  const question = { question: 'Which ones?', hints: [] };

  test('learns that empty results are wrong where they are, and nothing where they are as often right', () => {
    const against: VoteCase = {
      ...question,
      candidates: [candidate(-1, 0, false), candidate(-1.5, 3, true)],
    };
    const rather: VoteCase = { ...question, candidates: [candidate(-1, 0, true), candidate(-1.5, 3, false)] };
    const learned = fitVoteWeights(Array.from({ length: 40 }, () => against));
    expect(learned.empty).toBeLessThan(-1);
    const even = fitVoteWeights(Array.from({ length: 40 }, (_, at) => (at % 2 ? against : rather)));
    expect(even.empty).toBeGreaterThan(learned.empty / 2);
  });

  test('a sign against never speaks for a candidate', () => {
    const cases = Array.from({ length: 40 }, () => ({
      ...question,
      candidates: [candidate(-1.5, 0, true), candidate(-1, 3, false)],
    }));
    expect(fitVoteWeights(cases).empty).toBe(0);
  });
});

describe('readVoteSettings', () => {
  let folder: string;
  const calibration = (modelSha256: string): Calibration => ({
    modelSha256,
    vote: { ...defaultVoteWeights, logProb: 0.5 },
    confidence: { intercept: 0, weights: [1, 0] },
    provenance: {
      createdAt: '2026-01-01T00:00:00Z',
      databases: ['a'],
      questions: 1,
      candidates: 8,
      command: 'x',
      right: { first: 0, voted: 0, any: 0 },
      brierScore: 0,
    },
  });
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'calibration-'))));
  afterAll(() => rm(folder, { recursive: true }));

  test('takes what was fitted for this very file, and nothing for another', async () => {
    const model = join(folder, 'model.gguf');
    await writeFile(model, 'weights');
    expect(await readVoteSettings(model)).toEqual({ weights: defaultVoteWeights });
    const own = calibration(await hashFile(model));
    await writeFile(calibrationFileOf(model), JSON.stringify(own));
    expect(await readVoteSettings(model)).toEqual({ weights: own.vote, calibration: own });
    await writeFile(model, 'other weights');
    expect(await readVoteSettings(model)).toEqual({ weights: defaultVoteWeights });
    await writeFile(calibrationFileOf(model), 'broken');
    expect(await readVoteSettings(model)).toEqual({ weights: defaultVoteWeights });
  });

  test('a greater share is a greater confidence, the ends included', () => {
    const confidence = (share: number) => calibratedConfidence(calibration(''), { share, logMass: -1 });
    expect(confidence(0.5)).toBeCloseTo(0.5);
    expect(confidence(1)).toBeGreaterThan(confidence(0.9));
    expect(confidence(0)).toBeLessThan(0.01);
  });
});
