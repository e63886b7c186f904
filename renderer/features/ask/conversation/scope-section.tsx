import { RotateCcw, Search } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { DatabaseSchema, TableScope } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { copy } from '../../../copy.ts';
import type { Prompt } from '../ask-state.ts';
import { chooseTable, listTables, type ScopeChoice, type ScopedTable } from './table-scope.ts';

interface ScopeSectionProps {
  schema: DatabaseSchema;
  prompt: Prompt | undefined;
  scope: TableScope;
  /** Absent while nothing can be asked. */
  onAskAgain: (() => void) | undefined;
  onChoose(scope: TableScope): void;
}

const texts = copy.conversation.scope;
/** Rows drawn at once; a search finds the others. */
const mostShown = 100;

/** Which tables the model gets: as the question ranks them, and as the user wants it. */
export function ScopeSection({ schema, prompt, scope, onAskAgain, onChoose }: ScopeSectionProps) {
  const [search, setSearch] = useState('');
  const tables = useMemo(() => listTables(schema, prompt?.tables, scope), [schema, prompt, scope]);
  const wanted = search.trim().toLowerCase();
  const found = tables.filter(({ key }) => key.toLowerCase().includes(wanted)).slice(0, mostShown);
  return (
    <section className="detail-section" aria-label={texts.title}>
      <h3>
        {texts.title} <span className="badge">{tables.length}</span>
        <span className="grow" />
        <Button small icon={RotateCcw} onClick={() => onChoose({})}>
          {texts.reset}
        </Button>
        <Button small variant="primary" disabled={!onAskAgain} onClick={onAskAgain}>
          {texts.askAgain}
        </Button>
      </h3>
      <p className="m-0 text-s text-text-2">{texts.hint}</p>
      {tables.length > 8 && (
        <label className="flex items-center gap-2">
          <Search aria-hidden size={16} />
          <input
            className="input grow"
            type="search"
            placeholder={texts.search}
            aria-label={texts.search}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </label>
      )}
      <ul className="scroll m-0 grid max-h-80 list-none gap-px p-0" tabIndex={0}>
        {found.map((table) => (
          <TableRow
            key={table.key}
            table={table}
            onChoose={(choice) => onChoose(chooseTable(scope, table.key, choice))}
          />
        ))}
      </ul>
      {found.length === 0 && <p className="m-0 text-s text-text-2">{texts.noMatch}</p>}
    </section>
  );
}

function TableRow({ table, onChoose }: { table: ScopedTable; onChoose(choice: ScopeChoice): void }) {
  const { title, choice, rank, score, isInPrompt } = table;
  const state = choice === 'left' ? 'left' : isInPrompt ? 'given' : 'notGiven';
  return (
    <li className="grid gap-0.5 rounded-s px-2 py-1 text-s hover:bg-surface-2">
      <div className="flex items-center gap-2">
        <input
          type="checkbox"
          aria-label={texts.mayBeRead(title)}
          checked={choice !== 'left'}
          onChange={(event) => onChoose(event.target.checked ? 'usual' : 'left')}
        />
        {rank !== undefined && <span className="w-7 text-text-2 tabular-nums">{texts.rank(rank)}</span>}
        <strong className="min-w-0 truncate font-semibold">{title}</strong>
        {score !== undefined && (
          <span className="text-xs text-text-2 tabular-nums">{texts.score(score)}</span>
        )}
        <span className="grow" />
        {rank !== undefined && <span className="text-xs text-text-2">{texts.state[state]}</span>}
        <label className="flex items-center gap-1 text-xs text-text-2">
          <input
            type="checkbox"
            aria-label={texts.takeTable(title)}
            checked={choice === 'taken'}
            onChange={(event) => onChoose(event.target.checked ? 'taken' : 'usual')}
          />
          {texts.take}
        </label>
      </div>
      {choice === 'taken' && rank !== undefined && !isInPrompt && (
        <p className="m-0 text-xs text-warning">{texts.noRoom}</p>
      )}
      {isInPrompt && <Columns table={table} />}
    </li>
  );
}

function Columns({ table: { columns } }: { table: ScopedTable }) {
  return (
    <p className="m-0 ps-6 text-xs text-text-2 wrap-anywhere">
      {columns.map(({ name, score = 0 }, at) => (
        <span key={name}>
          {at > 0 && ', '}
          <span className={score > 0 ? 'text-text' : undefined} title={texts.score(score)}>
            {name}
          </span>
        </span>
      ))}
    </p>
  );
}
