import { ChevronDown, ChevronRight, Columns3, Eye, KeyRound, Link2, Table2 } from 'lucide-react';
import { useRef, useState, type KeyboardEvent } from 'react';
import { copy } from '../../copy.ts';
import type { TreeLine } from './schema-tree.ts';

interface SchemaTreeProps {
  lines: TreeLine[];
  onToggle(key: string, expanded: boolean): void;
  onInsert(text: string): void;
}

const icons = {
  table: Table2,
  view: Eye,
  'primary-key': KeyRound,
  'foreign-key': Link2,
  column: Columns3,
};

/** One tab stop; arrows move and open, a click opens a table, Enter and a double click insert. @see https://www.w3.org/WAI/ARIA/apg/patterns/treeview/ */
export function SchemaTree({ lines, onToggle, onInsert }: SchemaTreeProps) {
  const ref = useRef<HTMLDivElement>(null);
  const [focusKey, setFocusKey] = useState<string>();
  const stop = lines.some((line) => line.key === focusKey) ? focusKey : lines[0]?.key;

  function focusLine(line: TreeLine | undefined): void {
    if (!line) return;
    setFocusKey(line.key);
    ref.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(line.key)}"]`)?.focus();
  }

  function press(event: KeyboardEvent): void {
    const index = lines.findIndex((line) => line.key === stop);
    const line = lines[index];
    if (!line || !act(event.key, line, index)) return;
    event.preventDefault();
  }

  /** @returns whether the key meant something */
  function act(key: string, line: TreeLine, index: number): boolean {
    if (key === 'ArrowDown') focusLine(lines[index + 1]);
    else if (key === 'ArrowUp') focusLine(lines[index - 1]);
    else if (key === 'Home') focusLine(lines[0]);
    else if (key === 'End') focusLine(lines.at(-1));
    else if (key === 'Enter' || key === ' ') onInsert(line.insertText);
    else if (key === 'ArrowRight' && line.expanded === false) onToggle(line.key, true);
    else if (key === 'ArrowRight' && line.expanded) focusLine(lines[index + 1]);
    else if (key === 'ArrowLeft' && line.expanded) onToggle(line.key, false);
    else if (key === 'ArrowLeft') focusLine(lines.find((one) => one.key === line.parentKey));
    else return false;
    return true;
  }

  return (
    <div ref={ref} className="tree scroll" role="tree" aria-label={copy.schema.tree} onKeyDown={press}>
      {lines.map((line) => (
        <TreeItem
          key={line.key}
          line={line}
          tabStop={line.key === stop}
          onFocus={() => setFocusKey(line.key)}
          onToggle={() => onToggle(line.key, !line.expanded)}
          onInsert={() => onInsert(line.insertText)}
        />
      ))}
    </div>
  );
}

interface TreeItemProps {
  line: TreeLine;
  tabStop: boolean;
  onFocus(): void;
  onToggle(): void;
  onInsert(): void;
}

function TreeItem({ line, tabStop, onFocus, onToggle, onInsert }: TreeItemProps) {
  const Icon = icons[line.icon];
  const Chevron = line.expanded ? ChevronDown : ChevronRight;
  return (
    <div
      role="treeitem"
      aria-level={line.level}
      aria-expanded={line.expanded}
      aria-selected={false}
      data-key={line.key}
      tabIndex={tabStop ? 0 : -1}
      title={line.description}
      className={`tree-item ${line.level === 2 ? 'tree-column' : ''}`}
      onFocus={onFocus}
      // Only the first click of a double one: the table stays as it was opened.
      onClick={(event) => {
        if (line.level === 1 && event.detail < 2) onToggle();
      }}
      onDoubleClick={onInsert}
    >
      {line.level === 1 && (
        <span className="toggle">
          <Chevron aria-hidden />
        </span>
      )}
      <Icon aria-hidden className={line.icon === 'primary-key' ? 'key-primary' : ''} />
      <span className="tree-name truncate">{line.name}</span>{' '}
      <span className="tree-note truncate">{line.note}</span>
    </div>
  );
}
