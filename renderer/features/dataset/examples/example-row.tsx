import type { CSSProperties } from 'react';
import type { ExampleRow } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { OutcomeMark } from '../outcome-mark.tsx';
import { labelOf } from './search-address.ts';

const { values } = copy.dataset;

interface ExampleRowViewProps {
  row: ExampleRow | undefined;
  index: number;
  isCompact: boolean;
  isActive: boolean;
  isOpen: boolean;
  id: string;
  style: CSSProperties;
  onClick(): void;
}

export function ExampleRowView(props: ExampleRowViewProps) {
  const { row, index, isCompact, isActive, isOpen, id, style, onClick } = props;
  const tone = isOpen ? 'bg-accent-soft' : 'hover:bg-surface-2';
  const ring = isActive ? 'example-active' : '';
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isOpen}
      className={`absolute left-0 w-full cursor-pointer border-b border-border text-s ${tone} ${ring}`}
      style={style}
      onClick={onClick}
    >
      {row === undefined ? <Waiting /> : isCompact ? <CompactCells row={row} /> : <TableCells row={row} />}
    </div>
  );
}

function Waiting() {
  return (
    <div role="gridcell" className="px-3 py-2 text-text-2">
      …
    </div>
  );
}

function CompactCells({ row }: { row: ExampleRow }) {
  return (
    <div role="gridcell" className="grid gap-[2px] px-3 py-2">
      <span className="truncate" title={row.question}>
        {row.question}
      </span>
      <span className="flex items-center gap-2 text-xs text-text-2">
        <OutcomeMark outcome={row.outcome} short />
        <span className="flex-none tabular-nums">{row.id}</span>
        <span className="truncate">{row.dbId}</span>
        <span className="ml-auto flex-none">{labelOf('hardness', row.hardness ?? '', values)}</span>
      </span>
    </div>
  );
}

function TableCells({ row }: { row: ExampleRow }) {
  const features = row.features.map((feature) => labelOf('features', feature, values)).join(', ');
  return (
    <div role="presentation" className="example-columns h-full">
      <Cell text={row.id} tone="text-text-2 tabular-nums" />
      <Cell text={row.question} />
      <Cell text={row.dbId} />
      <Cell text={labelOf('split', row.split, values)} />
      <Cell text={labelOf('hardness', row.hardness ?? '', values)} />
      <div role="gridcell" className="flex min-w-0">
        <OutcomeMark outcome={row.outcome} />
      </div>
      <Cell text={String(row.tables)} tone="tabular-nums text-right" />
      <Cell text={features} tone="text-text-2 example-features" />
      <Cell
        text={row.promptTokens === undefined ? '' : String(row.promptTokens)}
        tone="tabular-nums text-right"
      />
    </div>
  );
}

function Cell({ text, tone = '' }: { text: string; tone?: string }) {
  return (
    <div role="gridcell" className={`truncate ${tone}`} title={text}>
      {text}
    </div>
  );
}
