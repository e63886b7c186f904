/** The tokenizer of Mistral-7B-v0.1 and of its instruct models up to v0.2: SentencePiece BPE, 32,000 pieces. */
declare module 'mistral-tokenizer-js' {
  const tokenizer: {
    /** `addBos` and `addPrecedingSpace` are true by default. */
    encode(text: string, addBos?: boolean, addPrecedingSpace?: boolean): number[];
    decode(tokens: number[], addBos?: boolean, addPrecedingSpace?: boolean): string;
    vocabById: string[];
  };
  export default tokenizer;
}
