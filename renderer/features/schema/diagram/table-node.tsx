import type { NodeProps } from '@xyflow/react';
import { Eye, KeyRound, Link2, Table2 } from 'lucide-react';
import { memo } from 'react';
import type { Table } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import type { TableNode } from './flow.ts';
import { drawnColumns } from './graph.ts';

/** A table as a box: its name, and as many columns as are wanted. */
export const TableBox = memo(function TableBox({ data, selected }: NodeProps<TableNode>) {
  const { table, detail, colour, light } = data;
  const Icon = table.kind.includes('view') ? Eye : Table2;
  const columns = drawnColumns(table, detail);
  const hidden = detail === 'columns' ? table.columns.length - columns.length : 0;
  return (
    <div className={`table-box ${light} ${selected ? 'chosen' : ''}`} data-colour={colour}>
      <div className="table-box-head" title={table.comment}>
        <Icon aria-hidden size={13} />
        <span className="truncate">{table.name}</span>
      </div>
      {columns.length > 0 && (
        <ul className="table-box-rows">
          {columns.map(({ name, type }) => (
            <li key={name}>
              <KeyMark table={table} name={name} />
              <span className="truncate">{name}</span>
              {detail === 'columns' && <span className="table-box-type truncate">{type}</span>}
            </li>
          ))}
          {hidden > 0 && <li className="table-box-more">{copy.explorer.diagram.more(hidden)}</li>}
        </ul>
      )}
    </div>
  );
});

function KeyMark({ table, name }: { table: Table; name: string }) {
  if (table.primaryKey.includes(name))
    return <KeyRound aria-hidden size={11} className="flex-none text-warning" />;
  if (table.foreignKeys.some(({ columns }) => columns.includes(name))) {
    return <Link2 aria-hidden size={11} className="flex-none" />;
  }
  return <span className="w-[11px] flex-none" />;
}
