import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDownToLine, ChevronDown, ChevronUp, Download } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button, IconButton } from '../../../components/button.tsx';
import { Switch } from '../../../components/switch.tsx';
import { copy } from '../../../copy.ts';
import { LogLine } from './log-line.tsx';
import { useLogLines } from './use-log-lines.ts';
import { useLogSearch, type LogSearch } from './use-log-search.ts';

const text = copy.training.log;
const lineHeightPx = 20;

interface RunLogProps {
  runId: string;
  /** Lines that there are. */
  total: number;
  /** Whether more may come. */
  isLive: boolean;
}

/** The trainer's own output: only what is in sight is read. It follows its end until someone looks further up. */
export function RunLog({ runId, total, isLive }: RunLogProps) {
  // useVirtualizer hands out functions that the React compiler must not cache.
  'use no memo';
  const scrollRef = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const [seen, setSeen] = useState(total);
  const axis = useVirtualizer({
    count: total,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => lineHeightPx,
    overscan: 20,
  });
  const shown = axis.getVirtualItems();
  const lineAt = useLogLines(runId, total, shown[0]?.index ?? 0, shown.at(-1)?.index ?? 0);
  const search = useLogSearch(runId, total);
  const goTo = (line: number | undefined) => {
    if (line === undefined) return;
    pause();
    axis.scrollToIndex(line, { align: 'center' });
  };
  const pause = () => {
    if (isFollowing) setSeen(total);
    setFollowing(false);
  };
  useEffect(() => {
    if (isFollowing && total > 0) axis.scrollToIndex(total - 1, { align: 'end' });
  }, [axis, isFollowing, total]);
  return (
    <section className="card flex h-full min-h-[320px] flex-col" aria-label={text.title}>
      <div className="card-head flex-wrap">
        <h2>{text.title}</h2>
        <span className="text-xs text-text-2 tabular-nums">{text.lines(total)}</span>
        <span className="grow" />
        <SearchBox search={search} onGo={goTo} />
        {!isFollowing && total > seen && (
          <Button small icon={ArrowDownToLine} onClick={() => setFollowing(true)}>
            {text.newLines(total - seen)}
          </Button>
        )}
        {isLive && (
          <Switch
            label={text.follow}
            hint={text.followHint}
            checked={isFollowing}
            onChange={(next) => (next ? setFollowing(true) : pause())}
          />
        )}
        <IconButton icon={Download} label={text.save} disabled={total === 0} onClick={search.save} />
      </div>
      {total === 0 && <p className="p-4 text-s text-text-2">{isLive ? text.notYet : text.none}</p>}
      <div
        ref={scrollRef}
        className="scroll min-h-0 flex-1 py-1 font-mono text-xs"
        tabIndex={0}
        role="region"
        aria-label={text.title}
        onWheel={({ deltaY }) => deltaY < 0 && pause()}
        onKeyDown={({ key }) => ['ArrowUp', 'PageUp', 'Home'].includes(key) && pause()}
      >
        <div className="relative w-full" style={{ height: axis.getTotalSize() }}>
          {shown.map(({ index, start }) => (
            <LogLine
              key={index}
              number={index + 1}
              line={lineAt(index)}
              top={start}
              words={search.words}
              isCurrent={search.current === index}
            />
          ))}
        </div>
      </div>
    </section>
  );
}

/** Enter goes on, Shift+Enter back. */
function SearchBox({ search, onGo }: { search: LogSearch; onGo(line: number | undefined): void }) {
  return (
    <div className="flex items-center gap-1" role="search">
      <input
        type="search"
        className="input small w-[200px]"
        aria-label={text.find}
        placeholder={text.find}
        value={search.words}
        onChange={(event) => search.find(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onGo(search.move(event.shiftKey ? -1 : 1));
        }}
      />
      <span className="min-w-[64px] text-xs text-text-2 tabular-nums" role="status">
        {search.words && text.found(search.place, search.count)}
      </span>
      <IconButton
        icon={ChevronUp}
        label={text.previous}
        disabled={search.count === 0}
        onClick={() => onGo(search.move(-1))}
      />
      <IconButton
        icon={ChevronDown}
        label={text.next}
        disabled={search.count === 0}
        onClick={() => onGo(search.move(1))}
      />
    </div>
  );
}
