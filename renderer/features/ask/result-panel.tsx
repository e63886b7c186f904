import { Pencil, Play, RotateCw, Table2 } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Notice } from '../../components/notice.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { copyText } from '../../lib/clipboard.ts';
import { navigate } from '../../lib/navigation.ts';
import { AlternativePanel } from './alternative-panel.tsx';
import type { AskState, ShownResult } from './ask-state.ts';
import type { Problem } from './problem.ts';
import { ShownRows } from './results/shown-rows.tsx';
import type { WriteOffer } from './writes/use-write-preview.tsx';

interface ResultPanelProps {
  state: AskState;
  connectionId: string | undefined;
  /** Of the statement in the editor, where it would change rows. */
  write: WriteOffer;
  fileName: string;
  canRun: boolean;
  onRun(): void;
  onRetry(): void;
  onTryAnyway(): void;
  /** Of two results: whether the second one is taken. */
  onPickAlternative(isTaken: boolean): void;
}

export function ResultPanel(props: ResultPanelProps) {
  const { state, connectionId, fileName, canRun, onRun, onRetry } = props;
  const { result, work, proposed, problem } = state;
  // It belongs to the answer's own rows.
  const shown = result?.sql === state.answer?.sql && result?.answeredInMs !== undefined;
  const alternative = shown ? state.answer?.alternatives[0] : undefined;
  const idle = !result && !work && !problem;
  const toast = useToast();
  async function copyCells(text: string, count: number): Promise<void> {
    toast((await copyText(text)) ? copy.result.copiedCells(count) : copy.common.copyFailed);
  }
  return (
    <section className="card result-card" aria-label={copy.result.title}>
      {!result && (
        <div className="card-head">
          <h2>{copy.result.title}</h2>
        </div>
      )}
      {result && (
        <ShownRows
          key={result.id}
          result={result}
          connectionId={connectionId}
          // What the answer brought is the model's; what ran by hand is the user's.
          origin={result.answeredInMs === undefined ? 'user' : 'model'}
          fileName={fileName}
          outdated={work !== undefined}
          facts={<ResultFacts state={state} result={result} />}
          beside={
            alternative && (
              <AlternativePanel
                key={alternative.sql}
                alternative={alternative}
                shown={result.value}
                disabled={work !== undefined}
                onPick={props.onPickAlternative}
                onCopy={(text, count) => void copyCells(text, count)}
              />
            )
          }
        />
      )}
      {problem && (
        <ProblemNotice
          problem={problem}
          allowsWrites={problem.code === 'SQL_NOT_READ_ONLY' && props.write.allowsWrites}
          // Said only of what was just refused.
          writesOff={
            problem.code === 'SQL_NOT_READ_ONLY' && props.write.kind === 'off' ? connectionId : undefined
          }
          onRetry={onRetry}
          onTryAnyway={props.onTryAnyway}
        />
      )}
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
  /** A refusal that would not be one of an INSERT, UPDATE or DELETE. */
  allowsWrites: boolean;
  /** The connection that would have to allow a write. */
  writesOff: string | undefined;
  onRetry(): void;
  onTryAnyway(): void;
}

function ProblemNotice({ problem, allowsWrites, writesOff, onRetry, onTryAnyway }: ProblemNoticeProps) {
  const { tone, title, message, hint, retryable, canTryAnyway } = problem;
  const fullHint = allowsWrites ? [hint, copy.writes.onHint].filter(Boolean).join(' ') : hint;
  return (
    <Notice
      tone={tone}
      title={title}
      message={message}
      hint={writesOff === undefined ? fullHint : copy.writes.offHint}
      actions={
        writesOff !== undefined ? (
          <Button small icon={Pencil} onClick={() => navigate('connections', 'edit', writesOff)}>
            {copy.writes.editConnection}
          </Button>
        ) : (
          (retryable || canTryAnyway) && (
            <Button small icon={RotateCw} onClick={canTryAnyway ? onTryAnyway : onRetry}>
              {canTryAnyway ? copy.ask.tryAnyway : copy.common.retry}
            </Button>
          )
        )
      }
    />
  );
}

function ResultFacts({ state, result }: { state: AskState; result: ShownResult }) {
  const { value, answeredInMs } = result;
  const { confidence = 0, calibrated = false, candidates = [] } = state.answer ?? {};
  return (
    <>
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
    </>
  );
}
