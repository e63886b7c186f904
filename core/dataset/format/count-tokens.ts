/** The tokenizer that counts, for reports. */
export const tokenizerInUse = {
  name: 'Mistral-7B-v0.1, 32,000 pieces (mistral-tokenizer-js 1.0.0)',
  /** Counted once for every example, besides prompt and completion. */
  bosTokens: 1,
};

/** Lines kept with their counts; beyond, the memory is given back and counting goes on. */
const maxLines = 100_000;

export interface TokenCounter {
  /** Tokens of a text that begins a sequence, BOS not counted. */
  countStart(text: string): number;
  /** Tokens of a text that follows another one. */
  countRest(text: string): number;
}

/**
 * Counts tokens line by line and remembers each line: in this vocabulary a line feed is a token of its own and no
 * piece holds one, so a text has the tokens of its lines. A schema is tokenized once for all of its questions.
 * The tokenizer is loaded here, not with the module: unpacking its vocabulary takes some 0.3 s.
 */
export async function loadTokenCounter(): Promise<TokenCounter> {
  const { default: tokenizer } = await import('mistral-tokenizer-js');
  const known = new Map<string, number>();
  const countLine = (line: string, isStart: boolean): number => {
    const key = `${isStart ? '^' : ''}${line}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    if (known.size >= maxLines) known.clear();
    const count = tokenizer.encode(line, false, isStart).length;
    known.set(key, count);
    return count;
  };
  const countText = (text: string, isStart: boolean): number => {
    const [first = '', ...others] = text.split('\n');
    // The space that the tokenizer puts before a text is a token even before an empty line.
    const start = isStart && first === '' && others.length > 0 ? 1 : countLine(first, isStart);
    return others.reduce((sum, line) => sum + 1 + countLine(line, false), start);
  };
  return { countStart: (text) => countText(text, true), countRest: (text) => countText(text, false) };
}
