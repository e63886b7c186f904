import { FileCode2, X } from 'lucide-react';
import type { JoinPath, QueryJoin } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { Notice } from '../../../components/notice.tsx';
import { copy } from '../../../copy.ts';
import { requestAsk } from '../../../lib/ask-request.ts';
import { hrefOfPlace } from '../places.ts';
import { Mark } from '../plain-table.tsx';
import type { Source } from '../sources.ts';

const text = copy.explorer.path;

interface JoinPathPanelProps {
  source: Source;
  sql: string;
  joins: JoinPath;
}

/** The statement beside its path: its joins one by one, and what they do to its aggregates. */
export function JoinPathPanel({ source, sql, joins }: JoinPathPanelProps) {
  return (
    <aside
      aria-label={text.title}
      tabIndex={0}
      className="scroll grid w-[340px] flex-none content-start gap-3 border-l border-border bg-surface p-4"
    >
      <div className="flex items-center gap-2">
        <h2 className="flex-1 text-m">{text.title}</h2>
        <a
          className="icon-button"
          href={hrefOfPlace({ sourceId: source.id, view: 'diagram' })}
          aria-label={text.leave}
          title={text.leave}
        >
          <X aria-hidden size={16} />
        </a>
      </div>
      <pre
        aria-label={text.sql}
        className="scroll m-0 max-h-[180px] rounded-m bg-surface-2 p-3 text-xs whitespace-pre-wrap [overflow-wrap:anywhere]"
        tabIndex={0}
      >
        {sql}
      </pre>
      {source.kind !== 'spider' && (
        <Button small icon={FileCode2} onClick={() => requestAsk({ connectionId: source.id, sql })}>
          {text.openAsk}
        </Button>
      )}
      {joins.warnings.map((warning) => (
        <Notice
          key={`${warning.aggregate}-${warning.multipliedBy}-${warning.part}`}
          tone="warning"
          title={text.notice(warning.aggregate, warning.effect)}
          message={warning.message}
          hint={warning.advice}
        />
      ))}
      {joins.notAnalysed.length > 0 && (
        <Notice tone="info" title={text.notAnalysed} message={joins.notAnalysed.join('\n')} />
      )}
      {joins.joins.length === 0 && <p className="text-text-2">{text.noJoins}</p>}
      <ul className="grid gap-2">
        {joins.joins.map((join, at) => (
          <JoinLine key={`${at}-${join.left.name}-${join.right.name}`} join={join} />
        ))}
      </ul>
    </aside>
  );
}

function JoinLine({ join }: { join: QueryJoin }) {
  const { left, right, cardinality, alongForeignKey, multiplies, kind, part } = join;
  const side = ({ name, columns }: QueryJoin['left']) =>
    columns.length === 0 ? name : columns.map((column) => `${name}.${column}`).join(', ');
  return (
    <li
      className={`grid gap-1 rounded-m border p-3 text-s ${multiplies ? 'border-danger bg-danger-soft' : 'border-border'}`}
    >
      <code className="[overflow-wrap:anywhere]">
        {side(left)} = {side(right)}
      </code>
      <span>
        <Mark>{kind}</Mark>
        <Mark tone={multiplies ? 'danger' : 'plain'}>{copy.explorer.diagram.cardinalities[cardinality]}</Mark>
      </span>
      <span className="text-text-2">
        {kind === 'cross' ? text.crossed : alongForeignKey ? text.alongKey : text.notAlongKey},{' '}
        {text.in(part)}
      </span>
    </li>
  );
}
