import type { EmbeddingType, QuantizationType } from '../../contract/index.ts';

/** What the process that quantizes is told, as JSON in its only argument. */
export interface QuantizeTask {
  library: string;
  input: string;
  output: string;
  type: QuantizationType;
  /** The type of the token embeddings; left out, llama.cpp chooses. */
  embeddingType?: EmbeddingType | undefined;
  allowRequantize: boolean;
  /** Computes the size and writes nothing. */
  dryRun: boolean;
  threads: number;
}

/** Exit codes of that process; anything else is a crash. */
export const exitCodes = { done: 0, refused: 3, wrongLayout: 4, noLibrary: 5 };
