import { useEffect, useMemo, useRef, useState } from 'react';
import { AppError, type CoreClient } from '../../../../core/contract/index.ts';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { downloadText } from '../../../lib/clipboard.ts';
import { useCore } from '../../../lib/core-context.tsx';

const pageSize = 2_000;

export interface LogSearch {
  words: string;
  find(words: string): void;
  /** Lines that have the words. */
  count: number;
  /** Which of them is current, from 1; 0 for none yet. */
  place: number;
  /** The current line's number from 0. */
  current: number | undefined;
  /** @returns the line that is current then */
  move(by: 1 | -1): number | undefined;
  /** Lets the user keep the whole log as a file. */
  save(): void;
}

/** Finds words in all of the log, which is read as far as it is not yet. */
export function useLogSearch(runId: string, total: number): LogSearch {
  const core = useCore();
  const toast = useToast();
  const kept = useRef<string[]>([]);
  const [words, setWords] = useState('');
  const [lines, setLines] = useState<readonly string[]>([]);
  const [place, setPlace] = useState(0);
  useEffect(() => {
    if (words === '') return;
    const controller = new AbortController();
    readRest(core, runId, kept.current, total, controller.signal)
      .then(() => setLines([...kept.current]))
      .catch((error: unknown) => {
        if (!controller.signal.aborted) toast(AppError.from(error).message);
      });
    return () => controller.abort();
  }, [core, toast, runId, total, words]);
  const matches = useMemo(() => findLines(lines, words), [lines, words]);
  const at = Math.min(place, matches.length);
  return {
    words,
    find(next) {
      setWords(next);
      setPlace(0);
    },
    count: matches.length,
    place: at,
    current: matches[at - 1],
    move(by) {
      if (matches.length === 0) return undefined;
      // From none, back leads to the last one.
      const next =
        at === 0 && by < 0 ? matches.length : ((at - 1 + by + matches.length) % matches.length) + 1;
      setPlace(next);
      return matches[next - 1];
    },
    save() {
      readRest(core, runId, kept.current, total)
        .then(() => downloadText(`${runId}.log`, `${kept.current.join('\n')}\n`, 'text/plain;charset=utf-8'))
        .catch((error: unknown) => toast(`${copy.training.log.saveFailed} ${AppError.from(error).message}`));
    },
  };
}

async function readRest(
  core: CoreClient,
  runId: string,
  lines: string[],
  total: number,
  signal?: AbortSignal,
): Promise<void> {
  while (lines.length < total) {
    const from = lines.length;
    const page = await core['training.log']({ runId, from, limit: pageSize }, signal ? { signal } : {});
    if (page.lines.length === 0) return;
    // Two readings may overlap: each line is taken once.
    lines.splice(from, lines.length - from, ...page.lines);
  }
}

function findLines(lines: readonly string[], words: string): number[] {
  if (words === '') return [];
  const wanted = words.toLowerCase();
  return lines.flatMap((line, at) => (line.toLowerCase().includes(wanted) ? [at] : []));
}
