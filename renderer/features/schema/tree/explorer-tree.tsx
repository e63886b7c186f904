import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronRight, Columns3, Eye, Folder, KeyRound, Link2, Table2 } from 'lucide-react';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { copy } from '../../../copy.ts';
import { findTyped, type TreeLine } from './tree-lines.ts';

interface ExplorerTreeProps {
  lines: TreeLine[];
  /** `namespace.table` that is on show. */
  chosen: string | undefined;
  onToggle(line: TreeLine, expanded: boolean): void;
  onPick(table: string): void;
}

const icons = {
  schema: Folder,
  table: Table2,
  view: Eye,
  'primary-key': KeyRound,
  'foreign-key': Link2,
  column: Columns3,
};
const lineHeightPx = 28;
/** Letters that come faster than this belong together. */
const typingMs = 700;

/**
 * Only the lines in sight are in the document. One tab stop: the tree has the focus and names its active line; arrows
 * move and open, letters jump, Enter shows the table. @see https://www.w3.org/WAI/ARIA/apg/patterns/treeview/
 */
export function ExplorerTree({ lines, chosen, onToggle, onPick }: ExplorerTreeProps) {
  // useVirtualizer hands out functions that the React compiler must not cache.
  'use no memo';
  const baseId = useId();
  const ref = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: '', at: 0 });
  const [activeKey, setActiveKey] = useState<string | undefined>(chosen);
  const axis = useVirtualizer({
    count: lines.length,
    getScrollElement: () => ref.current,
    estimateSize: () => lineHeightPx,
    overscan: 10,
  });
  const found = lines.findIndex(({ key }) => key === activeKey);
  const active = Math.max(0, found);
  useEffect(() => {
    const at = lines.findIndex(({ key }) => key === chosen);
    if (at >= 0) axis.scrollToIndex(at, { align: 'auto' });
    // Only another table moves the tree, not every new list.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [chosen]);

  function moveTo(index: number): void {
    const line = lines[index];
    if (!line) return;
    setActiveKey(line.key);
    axis.scrollToIndex(index, { align: 'auto' });
  }

  function type(key: string): void {
    const now = performance.now();
    const text = now - typed.current.at < typingMs ? typed.current.text + key : key;
    typed.current = { text, at: now };
    moveTo(findTyped(lines, text, active));
  }

  /** @returns whether the key meant something */
  function act({ key, ctrlKey, metaKey, altKey }: KeyboardEvent, line: TreeLine): boolean {
    const page = Math.max(1, Math.floor((ref.current?.clientHeight ?? 0) / lineHeightPx) - 1);
    if (ctrlKey || metaKey || altKey) return false;
    if (key === 'ArrowDown') moveTo(Math.min(lines.length - 1, active + 1));
    else if (key === 'ArrowUp') moveTo(Math.max(0, active - 1));
    else if (key === 'PageDown') moveTo(Math.min(lines.length - 1, active + page));
    else if (key === 'PageUp') moveTo(Math.max(0, active - page));
    else if (key === 'Home') moveTo(0);
    else if (key === 'End') moveTo(lines.length - 1);
    else if (key === 'ArrowRight' && line.expanded === false) onToggle(line, true);
    else if (key === 'ArrowRight' && line.expanded) moveTo(active + 1);
    else if (key === 'ArrowLeft' && line.expanded) onToggle(line, false);
    else if (key === 'ArrowLeft') moveTo(lines.findIndex((one) => one.key === line.parentKey));
    else if ((key === 'Enter' || key === ' ') && line.table !== undefined) onPick(line.table);
    else if (key === 'Enter' || key === ' ') onToggle(line, !line.expanded);
    else if (key.length === 1 && /\S/.test(key)) type(key);
    else return false;
    return true;
  }

  return (
    <div
      ref={ref}
      role="tree"
      aria-label={copy.explorer.tree.label}
      aria-activedescendant={lines.length > 0 ? `${baseId}-${active}` : undefined}
      tabIndex={0}
      className="scroll group/tree min-h-0 flex-1 px-2 pb-2 outline-none"
      onKeyDown={(event) => {
        const line = lines[active];
        if (line && act(event, line)) event.preventDefault();
      }}
    >
      <div role="presentation" className="relative" style={{ height: axis.getTotalSize() }}>
        {axis.getVirtualItems().map(({ index, start }) => {
          const line = lines[index];
          return (
            line && (
              <TreeItem
                key={line.key}
                id={`${baseId}-${index}`}
                line={line}
                top={start}
                active={index === active}
                chosen={line.level < 3 && line.key === chosen}
                onToggle={() => onToggle(line, !line.expanded)}
                onPick={() => {
                  setActiveKey(line.key);
                  if (line.table === undefined) onToggle(line, !line.expanded);
                  else onPick(line.table);
                }}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

interface TreeItemProps {
  id: string;
  line: TreeLine;
  top: number;
  active: boolean;
  chosen: boolean;
  onToggle(): void;
  onPick(): void;
}

function TreeItem({ id, line, top, active, chosen, onToggle, onPick }: TreeItemProps) {
  const Icon = icons[line.icon];
  const Chevron = line.expanded ? ChevronDown : ChevronRight;
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={line.level}
      aria-expanded={line.expanded}
      aria-selected={chosen}
      aria-posinset={line.position}
      aria-setsize={line.siblings}
      title={line.description}
      className={`absolute inset-x-0 flex h-[28px] cursor-pointer items-center gap-1.5 rounded-s pr-2 hover:bg-surface-2 ${
        chosen ? 'bg-accent-soft font-[650]' : ''
      } ${active ? 'group-focus-visible/tree:outline-2 group-focus-visible/tree:-outline-offset-2 group-focus-visible/tree:outline-accent group-focus-visible/tree:outline-solid' : ''}`}
      style={{ top, paddingLeft: (line.level - 1) * 16 + (line.expanded === undefined ? 24 : 0) }}
      onClick={onPick}
    >
      {line.expanded !== undefined && (
        <span
          aria-hidden
          className="grid h-[28px] w-[24px] flex-none place-items-center text-text-2"
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
        >
          <Chevron size={14} />
        </span>
      )}
      <Icon
        aria-hidden
        size={14}
        className={`flex-none ${line.icon === 'primary-key' ? 'text-warning' : 'text-text-2'}`}
      />
      <span className="max-w-[75%] flex-none truncate">{line.name}</span>{' '}
      <span className="min-w-0 flex-1 truncate pl-2 text-end text-xs font-normal text-text-2">
        {line.note}
      </span>
    </div>
  );
}
