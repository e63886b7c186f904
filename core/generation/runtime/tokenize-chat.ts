import { SpecialToken, SpecialTokensText, type LlamaText, type Tokenizer } from 'node-llama-cpp';

type Piece = string | SpecialTokensText;

/**
 * Tokenizes a text that a chat template rendered, as training did: what stands between two control tokens is one text.
 * `LlamaText.tokenize` tokenizes a template's own words apart from the user's, which gives tokens that no training saw:
 * in Mistral's template a lone space before and after the user's words. Whatever the user writes, the only control
 * tokens are the template's.
 */
export function tokenizeChatText(text: LlamaText, tokenizer: Tokenizer): number[] {
  const tokens: number[] = [];
  let run: Piece[] = [];
  let runs = 0;
  const endRun = () => {
    if (run.length > 0) tokens.push(...tokenizeRun(run, tokenizer, runs++ > 0));
    run = [];
  };
  for (const value of text.values) {
    if (value instanceof SpecialToken) {
      endRun();
      tokens.push(...value.tokenize(tokenizer));
    } else run.push(value);
  }
  endRun();
  return tokens;
}

/** Only the first run begins a text; a tokenizer that puts a space before each text must not do so at the others. */
function tokenizeRun(run: readonly Piece[], tokenizer: Tokenizer, continues: boolean): number[] {
  const options = continues ? 'trimLeadingSpace' : undefined;
  const countControls = (tokens: readonly number[]) =>
    tokens.filter((token) => tokenizer.isSpecialToken(token as Parameters<Tokenizer['isSpecialToken']>[0]))
      .length;
  const marks = run.filter((piece) => piece instanceof SpecialTokensText);
  const wanted = marks.reduce((sum, mark) => sum + countControls(mark.tokenize(tokenizer)), 0);
  const whole = run.map(String).join('');
  const tokens = tokenizer(whole, true, options);
  if (countControls(tokens) === wanted) return tokens;
  // The user spelled a control token. Where the template has none, all is plain text; else its parts stand apart.
  if (wanted === 0) return tokenizer(whole, false, options);
  return run.flatMap((piece, index) => {
    const trims = continues || index > 0;
    return typeof piece === 'string'
      ? tokenizer(piece, false, trims ? 'trimLeadingSpace' : undefined)
      : piece.tokenize(tokenizer, trims);
  });
}
