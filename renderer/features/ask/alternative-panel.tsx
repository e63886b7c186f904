import { Check } from 'lucide-react';
import type { Alternative } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { DataGrid } from '../../components/data-grid/data-grid.tsx';
import { copy } from '../../copy.ts';

interface AlternativePanelProps {
  alternative: Alternative;
  disabled: boolean;
  onUse(): void;
  onCopy(text: string, cellCount: number): void;
}

/** The other result that the candidates might as well have given, beside the one on show. */
export function AlternativePanel({ alternative, disabled, onUse, onCopy }: AlternativePanelProps) {
  const { sql, result, share } = alternative;
  return (
    <section className="alternative" aria-label={copy.result.alternative}>
      <div className="alternative-head">
        <h3>{copy.result.alternativeTitle(share)}</h3>
        <span className="grow" />
        <Button small icon={Check} disabled={disabled} onClick={onUse}>
          {copy.result.useAlternative}
        </Button>
      </div>
      <pre className="alternative-sql scroll">{sql}</pre>
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
