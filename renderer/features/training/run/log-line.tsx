import type { ReactNode } from 'react';

interface LogLineProps {
  /** Counts from 1. */
  number: number;
  /** Undefined while it is read. */
  line: string | undefined;
  top: number;
  words: string;
  isCurrent: boolean;
}

/** One line of the log, with what is searched for marked. */
export function LogLine({ number, line, top, words, isCurrent }: LogLineProps) {
  return (
    <p
      className={`absolute left-0 flex h-[20px] min-w-full gap-3 px-4 leading-[20px] whitespace-pre ${isCurrent ? 'bg-accent-soft' : ''} ${toneOf(line)}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span aria-hidden className="w-[48px] flex-none text-right text-text-2 tabular-nums select-none">
        {number}
      </span>
      <span>{line === undefined ? '…' : markWords(line, words)}</span>
    </p>
  );
}

function toneOf(line = ''): string {
  if (/\b(error|traceback|exception|fatal|killed)\b/i.test(line)) return 'text-danger';
  return /\bwarn(ing)?\b/i.test(line) ? 'text-warning' : '';
}

function markWords(line: string, words: string): ReactNode {
  const at = words === '' ? -1 : line.toLowerCase().indexOf(words.toLowerCase());
  if (at < 0) return line;
  return (
    <>
      {line.slice(0, at)}
      <mark className="rounded-s bg-warning-soft text-warning">{line.slice(at, at + words.length)}</mark>
      {line.slice(at + words.length)}
    </>
  );
}
