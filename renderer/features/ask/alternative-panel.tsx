import { ArrowLeft, Check } from 'lucide-react';
import { useMemo } from 'react';
import type { Alternative, QueryResult } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { DataGrid } from '../../components/data-grid/data-grid.tsx';
import { copy } from '../../copy.ts';
import { asOneLine } from './conversation/thread.ts';
import { describeDifference } from './conversation/describe-difference.ts';

interface AlternativePanelProps {
  alternative: Alternative;
  /** The result beside it. */
  shown: QueryResult;
  disabled: boolean;
  /** `isTaken`: this one, else the one beside it. */
  onPick(isTaken: boolean): void;
  onCopy(text: string, cellCount: number): void;
}

/** The other result that the candidates might as well have given, beside the one on show, with how they differ. */
export function AlternativePanel({ alternative, shown, disabled, onPick, onCopy }: AlternativePanelProps) {
  const { sql, result, share } = alternative;
  const differences = useMemo(() => describeDifference(shown, result), [shown, result]);
  return (
    <section className="alternative" aria-label={copy.result.alternative}>
      <div className="alternative-head">
        <h3>{copy.result.alternativeTitle(share)}</h3>
        <span className="grow" />
        <Button small icon={ArrowLeft} disabled={disabled} onClick={() => onPick(false)}>
          {copy.conversation.disagreement.keep}
        </Button>
        <Button small icon={Check} disabled={disabled} onClick={() => onPick(true)}>
          {copy.result.useAlternative}
        </Button>
      </div>
      <ul
        className="m-0 flex flex-none list-none flex-wrap gap-x-2 px-3 pb-1 text-s"
        aria-label={copy.conversation.disagreement.title}
      >
        {differences.map((difference) => (
          <li key={difference}>{difference}</li>
        ))}
      </ul>
      <details className="flex-none px-3 pb-2 text-s">
        <summary className="truncate text-text-2">
          <code>{asOneLine(sql)}</code>
        </summary>
        <pre className="alternative-sql scroll" tabIndex={0}>
          {sql}
        </pre>
      </details>
      {result.rowCount === 0 ? (
        <p className="muted alternative-empty">{copy.result.emptyTitle}</p>
      ) : (
        <DataGrid
          label={copy.result.alternativeGrid}
          columns={result.columns}
          rows={result.rows}
          onCopy={onCopy}
        />
      )}
    </section>
  );
}
