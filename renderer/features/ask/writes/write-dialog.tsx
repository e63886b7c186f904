import { useQueryClient } from '@tanstack/react-query';
import { Check, Pencil, RotateCw } from 'lucide-react';
import { useEffect } from 'react';
import type { CommitResult, Connection, SideEffect, WritePreview } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { copy } from '../../../copy.ts';
import { queryKeys } from '../../../lib/queries.ts';
import { ChangedRows } from './changed-rows.tsx';
import { useWrite, type WriteState } from './use-write.ts';

interface WriteDialogProps {
  connection: Connection;
  sql: string;
  /** Closes it and goes to the statement. */
  onEdit(): void;
  onClose(): void;
}

/** What a statement would change, and the second act that changes it. */
export function WriteDialog({ connection, sql, onEdit, onClose }: WriteDialogProps) {
  const { state, preview, commit } = useWrite(connection.id, sql);
  const cache = useQueryClient();
  const isCommitted = state.kind === 'ended' && state.result.committed;
  useEffect(() => {
    if (isCommitted) void cache.invalidateQueries({ queryKey: queryKeys.histories });
  }, [isCommitted, cache]);
  const isCommitting = state.kind === 'committing';
  return (
    <Dialog
      title={isCommitted ? copy.writes.committedTitle : copy.writes.title}
      shape="wide"
      onClose={() => {
        // Whether it was committed must be seen.
        if (!isCommitting) onClose();
      }}
      footer={
        <>
          <Button disabled={isCommitting} onClick={onClose}>
            {isCommitted ? copy.common.close : copy.common.cancel}
          </Button>
          <Step
            state={state}
            connectionName={connection.name}
            onEdit={onEdit}
            onPreview={preview}
            onCommit={commit}
          />
        </>
      }
    >
      <Target connection={connection} isCommitted={isCommitted} />
      <pre
        className="m-0 mb-3 max-h-32 overflow-auto rounded-m bg-surface-2 p-3 font-mono text-s"
        tabIndex={0}
        role="region"
        aria-label={copy.sql.editor}
      >
        {sql}
      </pre>
      <Content state={state} />
    </Dialog>
  );
}

/** Which database it is about, before anything else. */
function Target({ connection, isCommitted }: { connection: Connection; isCommitted: boolean }) {
  const { name, database, host, port } = connection;
  const say = isCommitted ? copy.writes.changed : copy.writes.changesWhat;
  return (
    <p className="m-0 mb-3 break-words">
      <strong>{say(name)}</strong> {copy.writes.where(database, host, port)}
    </p>
  );
}

interface StepProps {
  state: WriteState;
  connectionName: string;
  onEdit(): void;
  onPreview(): void;
  onCommit(preview: WritePreview): void;
}

/** The next act, if there is one. */
function Step({ state, connectionName, onEdit, onPreview, onCommit }: StepProps) {
  if (state.kind === 'previewed' || state.kind === 'committing') {
    const { preview } = state;
    return (
      <Button
        variant="danger"
        icon={Check}
        title={copy.writes.commitHint}
        disabled={state.kind === 'committing' || preview.rowCount === 0}
        onClick={() => onCommit(preview)}
      >
        {state.kind === 'committing'
          ? copy.writes.committing
          : copy.writes.commit(preview.rowCount, connectionName)}
      </Button>
    );
  }
  if (state.kind === 'failed') {
    return <AfterFailure isRetryable={state.error.retryable} onEdit={onEdit} onPreview={onPreview} />;
  }
  if (state.kind === 'ended' && !state.result.committed) {
    return (
      <Button variant="primary" icon={RotateCw} onClick={onPreview}>
        {copy.writes.previewAgain}
      </Button>
    );
  }
  return null;
}

interface AfterFailureProps {
  /** The same again may work: the statement is not to blame. */
  isRetryable: boolean;
  onEdit(): void;
  onPreview(): void;
}

function AfterFailure({ isRetryable, onEdit, onPreview }: AfterFailureProps) {
  return (
    <>
      <Button variant={isRetryable ? 'primary' : 'secondary'} icon={RotateCw} onClick={onPreview}>
        {copy.writes.previewAgain}
      </Button>
      <Button variant={isRetryable ? 'secondary' : 'primary'} icon={Pencil} onClick={onEdit}>
        {copy.writes.editStatement}
      </Button>
    </>
  );
}

function Content({ state }: { state: WriteState }) {
  if (state.kind === 'previewing') {
    return (
      <p className="m-0 flex items-center gap-3 p-4 text-text-2" role="status">
        <Spinner size={18} />
        {copy.writes.previewing}
      </p>
    );
  }
  if (state.kind === 'failed') {
    const { message, hint } = state.error;
    const title = state.of === 'preview' ? copy.writes.failedTitle : copy.writes.commitFailedTitle;
    return <Notice tone="error" title={title} message={message} hint={hint} />;
  }
  if (state.kind === 'ended') return <Ending result={state.result} />;
  return <Preview preview={state.preview} />;
}

function Ending({ result }: { result: CommitResult }) {
  if (result.committed) {
    return <Notice tone="success" title={copy.writes.committed(result.rowCount)} />;
  }
  return (
    <Notice
      tone="warning"
      title={copy.writes.mismatchTitle}
      message={copy.writes.mismatch(result.expected, result.found)}
      hint={copy.writes.mismatchHint}
    />
  );
}

function Preview({ preview }: { preview: WritePreview }) {
  const { rowCount, kind, table, rows, knowsBefore, sideEffects } = preview;
  return (
    <>
      <p className="m-0" role="status">
        <strong>{copy.writes.wouldChange(rowCount, kind, table)}</strong> {copy.writes.nothingYet}
      </p>
      {rowCount > 0 && <ChangedRows preview={preview} />}
      {rowCount > rows.length && <p className="muted">{copy.writes.shownRows(rows.length, rowCount)}</p>}
      {!knowsBefore && <p className="muted">{copy.writes.noBefore}</p>}
      <h3 className="mt-4 mb-1 text-s">{copy.writes.sideEffects}</h3>
      {sideEffects.length === 0 && <p className="muted m-0">{copy.writes.noSideEffects}</p>}
      <ul className="m-0 ps-5 text-s">
        {sideEffects.map((effect) => (
          <li key={`${effect.kind} ${effect.name} ${effect.detail ?? ''}`}>
            {describeEffect(effect)}
            {effect.survivesRollback && <em className="text-warning"> ({copy.writes.survives})</em>}
          </li>
        ))}
      </ul>
    </>
  );
}

function describeEffect({ kind, name, detail }: SideEffect): string {
  return copy.writes.effects[kind](name, detail);
}
