import type { SelectStmt } from 'libpg-query';
import type { ExplanationLine } from '../../contract/index.ts';

/** A sub-query met in the middle of a sentence, to be told below it. */
export interface Pending {
  title: string;
  select: SelectStmt;
}

/** What sentences of one SELECT share. */
export class Words {
  readonly lines: ExplanationLine[] = [];
  readonly depth: number;
  /** Counts through the whole statement. */
  private readonly counter: { count: number };
  private pending: Pending[] = [];
  private readonly explain: (select: SelectStmt, words: Words) => void;

  constructor(
    explain: (select: SelectStmt, words: Words) => void,
    depth = 0,
    counter: { count: number } = { count: 0 },
  ) {
    this.explain = explain;
    this.depth = depth;
    this.counter = counter;
  }

  /** Names a sub-query, whose own lines follow the line that is being written. */
  refer(select: SelectStmt): string {
    const title = `sub-query ${(this.counter.count += 1)}`;
    this.pending.push({ title, select });
    return title;
  }

  /** @param extraDepth levels below the SELECT's own lines */
  say(kind: ExplanationLine['kind'], text: string, extraDepth = 0): void {
    const waiting = this.pending;
    this.pending = [];
    this.lines.push({ kind, depth: this.depth + extraDepth, text: upperFirst(text) });
    for (const { title, select } of waiting) {
      this.lines.push({
        kind: 'subquery',
        depth: this.depth + extraDepth + 1,
        text: `${upperFirst(title)}:`,
      });
      this.tell(select, extraDepth + 2);
    }
  }

  /** Another SELECT's lines, so many levels below. */
  tell(select: SelectStmt, extraDepth: number): void {
    const inner = new Words(this.explain, this.depth + extraDepth, this.counter);
    this.explain(select, inner);
    this.lines.push(...inner.lines);
  }
}

/** A sentence begins with a capital, a name of the database stays as it is. */
function upperFirst(text: string): string {
  const isSentence = /^(the|all|sub-query|whether|it|rows) /.test(text);
  return isSentence ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

/** `a`, `a and b`, `a, b and c`. */
export function joinWords(parts: readonly string[], last = 'and'): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} ${last} ${parts.at(-1)}`;
}
