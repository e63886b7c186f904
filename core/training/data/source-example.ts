/** One example of a source, before it is weighed and divided. */
export interface SourceExample {
  /** Goes into predictions, and names what was left out. */
  id: string;
  prompt: string;
  completion: string;
  /** What tells held-back questions from the rest; the prompt where it is not known. */
  question?: string;
  dbId?: string;
  /** A source that brings its own validation says so. */
  split?: 'train' | 'val';
}

export interface SourceExamples {
  examples: SourceExample[];
  /** What cannot be written in this form for this base, with the reason. */
  leftOut: { id: string; question: string; reason: string }[];
}

export type TargetForm = 'sketch' | 'sql';
