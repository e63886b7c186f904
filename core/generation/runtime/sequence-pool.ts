import type { TokenSequence } from './token-sequence.ts';

/**
 * The sequences of a context: each keeps the prompt of another database, so that coming back to one finds its schema
 * evaluated. The one that was not used for longest gives way.
 */
export class SequencePool {
  /** Last used first. */
  private readonly sequences: TokenSequence[];

  /** @param sequences one at least */
  constructor(sequences: readonly TokenSequence[]) {
    this.sequences = [...sequences];
  }

  /** The sequence of the question at hand. */
  get current(): TokenSequence {
    const [first] = this.sequences;
    if (!first) throw new Error('A pool needs a sequence.');
    return first;
  }

  get size(): number {
    return this.sequences.length;
  }

  /**
   * Makes the best sequence for a prompt the current one: the one that spares most, where that is the half of what it
   * holds at least (prompts of two databases share their first words, too); else the one not used for longest.
   */
  choose(tokens: readonly number[]): TokenSequence {
    const spared = this.sequences.map((sequence) => sequence.countReusable(tokens));
    const most = Math.max(...spared);
    const best = this.sequences[spared.indexOf(most)];
    const isSameSchema = best !== undefined && most > 0 && most * 2 >= best.promptLength;
    const chosen = isSameSchema ? best : this.sequences.at(-1);
    if (chosen) this.moveToFront(chosen);
    return this.current;
  }

  /** The current one and up to `count - 1` others, the least used ones: what they held is given up. */
  borrow(count: number): TokenSequence[] {
    const others = this.sequences.slice(1).toReversed();
    return [this.current, ...others.slice(0, count - 1)];
  }

  forget(): void {
    for (const sequence of this.sequences) sequence.forget();
  }

  private moveToFront(sequence: TokenSequence): void {
    this.sequences.splice(this.sequences.indexOf(sequence), 1);
    this.sequences.unshift(sequence);
  }
}
