import { useQueries } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import type { JobLogLine } from '../../../core/contract/index.ts';
import { Switch } from '../../components/switch.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';

const text = copy.jobs;
const pageSize = 200;
const lineHeightPx = 20;

interface JobLogProps {
  jobId: string;
  /** Lines that there are. */
  lines: number;
  /** Whether more may come. */
  isLive: boolean;
}

/** The log, of which only the visible lines are read and drawn. It follows its end until someone scrolls up. */
export function JobLog({ jobId, lines, isLive }: JobLogProps) {
  // useVirtualizer hands out functions that the React compiler must not cache.
  'use no memo';
  const scrollRef = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const axis = useVirtualizer({
    count: lines,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => lineHeightPx,
    overscan: 20,
  });
  const shown = axis.getVirtualItems();
  const lineAt = useLines(jobId, lines, shown[0]?.index ?? 0, shown.at(-1)?.index ?? 0);
  useEffect(() => {
    if (isFollowing && lines > 0) axis.scrollToIndex(lines - 1, { align: 'end' });
  }, [axis, isFollowing, lines]);
  return (
    <section className="card flex min-h-0 flex-col" aria-label={text.log}>
      <div className="card-head">
        <h2>{text.log}</h2>
        <span className="text-xs text-text-2 tabular-nums">{text.logLines(lines)}</span>
        <span className="grow" />
        {isLive && (
          <Switch label={text.follow} hint={text.followHint} checked={isFollowing} onChange={setFollowing} />
        )}
      </div>
      {lines === 0 && <p className="p-4 text-s text-text-2">{text.logEmpty}</p>}
      <div
        ref={scrollRef}
        className="scroll min-h-[200px] flex-1 font-mono text-xs"
        tabIndex={0}
        role="region"
        aria-label={text.log}
        onWheel={(event) => {
          if (event.deltaY < 0) setFollowing(false);
        }}
        onKeyDown={(event) => {
          if (['ArrowUp', 'PageUp', 'Home'].includes(event.key)) setFollowing(false);
        }}
      >
        <div className="relative w-full" style={{ height: axis.getTotalSize() }}>
          {shown.map(({ index, start }) => (
            <LogLine key={index} line={lineAt(index)} top={start} />
          ))}
        </div>
      </div>
    </section>
  );
}

const tones = { info: 'text-text', warning: 'text-warning', error: 'text-danger' };

function LogLine({ line, top }: { line: JobLogLine | undefined; top: number }) {
  return (
    <p
      className={`absolute left-0 flex h-[20px] w-full gap-3 px-4 leading-[20px] whitespace-pre ${line ? tones[line.level] : ''}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      {line && (
        <>
          <span className="text-text-2">{line.at.slice(11, 19)}</span>
          <span className="truncate" title={line.text}>
            {line.text}
          </span>
        </>
      )}
    </p>
  );
}

/** Reads the pages that hold the visible lines. The last page is another one for every line that comes. */
function useLines(
  jobId: string,
  lines: number,
  first: number,
  last: number,
): (index: number) => JobLogLine | undefined {
  const core = useCore();
  const pages = lines === 0 ? [] : range(Math.floor(first / pageSize), Math.floor(last / pageSize));
  const read = useQueries({
    queries: pages.map((page) => {
      const from = page * pageSize;
      const limit = Math.min(pageSize, Math.max(1, lines - from));
      return {
        queryKey: ['jobs.log', jobId, page, limit],
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          core['jobs.log']({ jobId, from, limit }, { signal }),
        staleTime: Infinity,
        placeholderData: (before: { lines: JobLogLine[]; total: number } | undefined) => before,
      };
    }),
  });
  return (index) => {
    const at = pages.indexOf(Math.floor(index / pageSize));
    return read[at]?.data?.lines[index % pageSize];
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
