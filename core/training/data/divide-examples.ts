import { createHash } from 'node:crypto';
import { nearFingerprint } from '../../dataset/find-leaks.ts';
import type { SourceExample } from './source-example.ts';

/** What tells one question from another: its words where they are known, else the whole prompt. */
export function questionKey({ question, prompt }: Pick<SourceExample, 'question' | 'prompt'>): string {
  const asked = question ?? questionIn(prompt);
  return asked === undefined ? prompt : nearFingerprint(asked);
}

/** Prompts end with the question, in both of our forms. */
export function questionIn(prompt: string): string | undefined {
  const chat = /\nQuestion: ([^\n]+) \[\/INST\]$/.exec(prompt);
  return chat?.[1];
}

/**
 * Which examples are held back for validation: all of a question or none, the same ones whenever they are asked for, and
 * whatever else the source holds. At least one question where a share is wanted and there are two.
 */
export function chooseHeldBack(examples: readonly SourceExample[], share: number): Set<SourceExample> {
  if (share === 0) return new Set();
  const byQuestion = Map.groupBy(examples, questionKey);
  const ranked = [...byQuestion.entries()]
    .map(([key, ofQuestion]) => ({ rank: fractionOf(key), ofQuestion }))
    .toSorted((a, b) => a.rank - b.rank);
  const chosen = ranked.filter(({ rank }) => rank < share);
  const [lowest] = ranked;
  if (chosen.length === 0 && ranked.length > 1 && lowest) chosen.push(lowest);
  // Something must be left to train on.
  if (chosen.length === ranked.length) chosen.pop();
  return new Set(chosen.flatMap(({ ofQuestion }) => ofQuestion));
}

/** As often as its weight says: 2 is twice, 0.5 every other one, 1.5 all of them and every other one again. */
export function repeatByWeight(examples: readonly SourceExample[], weight: number): SourceExample[] {
  const whole = Math.floor(weight);
  const part = weight - whole;
  return examples.flatMap((example) => {
    const times = whole + (part > 0 && fractionOf(`${example.id} ${example.prompt}`) < part ? 1 : 0);
    return Array.from({ length: times }, () => example);
  });
}

/** A number from 0 to 1 that a text always has. */
function fractionOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
}
