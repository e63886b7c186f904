import { ArrowUpToLine, Download, Copy, Play, RotateCw, SearchX, Table2 } from 'lucide-react';
import type { QueryResult } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { DataGrid } from '../../components/data-grid/data-grid.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { MenuButton } from '../../components/menu-button.tsx';
import { Notice } from '../../components/notice.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { copyText, downloadText } from '../../lib/clipboard.ts';
import { formatRows, toCsv, type CopyFormat } from '../../lib/format-rows.ts';
import { AlternativePanel } from './alternative-panel.tsx';
import type { AskState, ShownResult } from './ask-state.ts';
import type { Problem } from './problem.ts';

const formats: CopyFormat[] = ['tsv', 'csv', 'json', 'markdown'];
/** The caps that a truncated result can be raised to, in rows. */
const caps = [1_000, 10_000, 100_000];

interface ResultPanelProps {
  state: AskState;
  fileName: string;
  canRun: boolean;
  onRun(maxRows?: number): void;
  onRetry(): void;
  onTryAnyway(): void;
  /** Of two results: whether the second one is taken. */
  onPickAlternative(isTaken: boolean): void;
}

export function ResultPanel(props: ResultPanelProps) {
  const { state, fileName, canRun, onRun, onRetry } = props;
  const { result, work, proposed, problem } = state;
  // It belongs to the answer's own rows.
  const shown = result?.sql === state.answer?.sql && result?.answeredInMs !== undefined;
  const alternative = shown ? state.answer?.alternatives[0] : undefined;
  const idle = !result && !work && !problem;
  const toast = useToast();
  async function copyAs(text: string, success: string): Promise<void> {
    toast((await copyText(text)) ? success : copy.common.copyFailed);
  }
  function exportCsv({ value }: ShownResult): void {
    const part = value.truncated ? `-first-${value.rowCount}-rows` : '';
    downloadText(`${fileName}${part}.csv`, toCsv(value), 'text/csv;charset=utf-8');
    if (value.truncated) toast(copy.result.exportedPart(value.rowCount));
  }
  return (
    <section className="card result-card" aria-label={copy.result.title}>
      <div className="card-head">
        <h2>{copy.result.title}</h2>
        {result && <ResultFacts state={state} result={result} />}
        {result?.value.truncated && (
          <Truncation result={result.value} disabled={!canRun} onRaise={(maxRows) => onRun(maxRows)} />
        )}
        <span className="grow" />
        {result && result.value.rowCount > 0 && (
          <>
            <MenuButton
              label={copy.result.copyAll}
              icon={Copy}
              disabled={work !== undefined}
              items={formats.map((id) => ({ id, label: copy.result.formats[id] }))}
              onPick={(id) =>
                void copyAs(
                  formatRows(result.value, id as CopyFormat),
                  copy.result.copiedRows(result.value.rowCount),
                )
              }
            />
            <Button
              variant="ghost"
              small
              icon={Download}
              disabled={work !== undefined}
              onClick={() => exportCsv(result)}
            >
              {copy.result.exportCsv}
            </Button>
          </>
        )}
      </div>
      {result && (
        <div className={alternative ? 'result-body compared' : 'result-body'}>
          <div className="result-rows">
            {result.value.rowCount > 0 ? (
              <DataGrid
                key={result.id}
                label={copy.result.grid}
                columns={result.value.columns}
                rows={result.value.rows}
                outdated={work !== undefined}
                onCopy={(text, count) => void copyAs(text, copy.result.copiedCells(count))}
              />
            ) : (
              <EmptyState icon={SearchX} title={copy.result.emptyTitle} hint={copy.result.emptyHint} />
            )}
          </div>
          {alternative && (
            <AlternativePanel
              key={alternative.sql}
              alternative={alternative}
              shown={result.value}
              disabled={work !== undefined}
              onPick={props.onPickAlternative}
              onCopy={(text, count) => void copyAs(text, copy.result.copiedCells(count))}
            />
          )}
        </div>
      )}
      {problem && <ProblemNotice problem={problem} onRetry={onRetry} onTryAnyway={props.onTryAnyway} />}
      {!result && work && (
        <div className="empty-state">
          <Spinner size={24} />
        </div>
      )}
      {idle && proposed && (
        <EmptyState
          icon={Play}
          title={copy.result.proposedTitle}
          hint={copy.result.proposedHint}
          actions={
            <Button variant="primary" icon={Play} disabled={!canRun} onClick={() => onRun()}>
              {copy.sql.run}
            </Button>
          }
        />
      )}
      {idle && !proposed && (
        <EmptyState icon={Table2} title={copy.result.idleTitle} hint={copy.result.idleHint} />
      )}
    </section>
  );
}

interface ProblemNoticeProps {
  problem: Problem;
  onRetry(): void;
  onTryAnyway(): void;
}

function ProblemNotice({ problem, onRetry, onTryAnyway }: ProblemNoticeProps) {
  const { tone, title, message, hint, retryable, canTryAnyway } = problem;
  return (
    <Notice
      tone={tone}
      title={title}
      message={message}
      hint={hint}
      actions={
        (retryable || canTryAnyway) && (
          <Button small icon={RotateCw} onClick={canTryAnyway ? onTryAnyway : onRetry}>
            {canTryAnyway ? copy.ask.tryAnyway : copy.common.retry}
          </Button>
        )
      }
    />
  );
}

function ResultFacts({ state, result }: { state: AskState; result: ShownResult }) {
  const { value, answeredInMs } = result;
  const { confidence = 0, calibrated = false, candidates = [] } = state.answer ?? {};
  return (
    <div className="result-facts" role="status">
      {!value.truncated && <strong>{copy.result.rows(value.rowCount)}</strong>}
      <span>{copy.result.ran(value.durationMs)}</span>
      {answeredInMs !== undefined && <span>{copy.result.total(answeredInMs)}</span>}
      {answeredInMs !== undefined && candidates.length > 1 && (
        <span>
          {calibrated
            ? copy.result.confidence(confidence)
            : copy.result.agreement(confidence, candidates.length)}
        </span>
      )}
      {state.sql !== result.sql && <em>{copy.result.stale}</em>}
    </div>
  );
}

interface TruncationProps {
  result: QueryResult;
  disabled: boolean;
  onRaise(maxRows: number): void;
}

function Truncation({ result, disabled, onRaise }: TruncationProps) {
  const next = caps.find((cap) => cap > result.rowCount);
  return (
    <span className="truncation">
      {copy.result.truncated(result.rowCount)}
      {next !== undefined && (
        <Button small icon={ArrowUpToLine} disabled={disabled} onClick={() => onRaise(next)}>
          {copy.result.raise(next)}
        </Button>
      )}
    </span>
  );
}
