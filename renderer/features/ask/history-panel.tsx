import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { History, ThumbsDown, ThumbsUp, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { HistoryEntry } from '../../../core/contract/index.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { formatDuration, formatMoment } from '../../lib/format-values.ts';
import { queryKeys } from '../../lib/queries.ts';
import { OutcomeMark } from './outcome-mark.tsx';

interface HistoryPanelProps {
  connectionId: string;
  onRestore(entry: HistoryEntry): void;
}

export function HistoryPanel({ connectionId, onRestore }: HistoryPanelProps) {
  const core = useCore();
  const cache = useQueryClient();
  const toast = useToast();
  const [clearing, setClearing] = useState(false);
  const history = useQuery({
    queryKey: queryKeys.history(connectionId),
    queryFn: ({ signal }) => core['history.list']({ connectionId }, { signal }),
  });
  const entries = history.data ?? [];
  // Read again after a failure too: the list may have changed all the same.
  const onSettled = () => cache.invalidateQueries({ queryKey: queryKeys.histories });
  const remove = useMutation({ mutationFn: (id: string) => core['history.remove']({ id }), onSettled });
  const clear = useMutation({
    mutationFn: () => core['history.clear']({ connectionId }),
    onSuccess: ({ removed }) => toast(copy.history.cleared(removed)),
    onSettled,
  });

  if (history.error) {
    const retry = () => void history.refetch();
    return <FailureNotice title={copy.history.loadFailed} error={history.error} onRetry={retry} />;
  }
  if (!history.data) {
    return (
      <div className="empty-state" role="status">
        <Spinner />
        {copy.common.loading}
      </div>
    );
  }
  if (entries.length === 0) {
    return <EmptyState icon={History} title={copy.history.emptyTitle} hint={copy.history.emptyHint} />;
  }
  return (
    <>
      {remove.error && (
        <FailureNotice
          title={copy.history.removeFailed}
          error={remove.error}
          onRetry={() => remove.mutate(remove.variables)}
        />
      )}
      {clear.error && (
        <FailureNotice title={copy.history.clearFailed} error={clear.error} onRetry={() => clear.mutate()} />
      )}
      <ul className="history-list scroll">
        {entries.map((entry) => (
          <HistoryItem
            key={entry.id}
            entry={entry}
            onRestore={() => onRestore(entry)}
            onRemove={() => remove.mutate(entry.id)}
          />
        ))}
      </ul>
      <div className="side-foot">
        <Button variant="ghost" small icon={Trash2} onClick={() => setClearing(true)}>
          {copy.history.clear}
        </Button>
      </div>
      {clearing && (
        <ConfirmDialog
          title={copy.history.clearTitle}
          text={copy.history.clearText}
          action={copy.history.clear}
          onConfirm={() => {
            setClearing(false);
            clear.mutate();
          }}
          onClose={() => setClearing(false)}
        />
      )}
    </>
  );
}

interface HistoryItemProps {
  entry: HistoryEntry;
  onRestore(): void;
  onRemove(): void;
}

function RatingMark({ rating }: { rating: 'up' | 'down' | undefined }) {
  if (!rating) return null;
  const [Icon, tone] = rating === 'up' ? [ThumbsUp, 'good'] : [ThumbsDown, 'bad'];
  return (
    <span className={`outcome ${tone}`}>
      <Icon aria-hidden />
      {copy.conversation.feedback[rating]}
    </span>
  );
}

function HistoryItem({ entry, onRestore, onRemove }: HistoryItemProps) {
  const oneLine = entry.sql.replace(/\s+/g, ' ');
  const name = entry.question ?? oneLine;
  const ms = entry.timingsMs.totalMs ?? entry.timingsMs.executeMs;
  return (
    <li className="history-item">
      <button
        type="button"
        className="history-restore"
        title={entry.message ?? entry.sql}
        onClick={onRestore}
      >
        <span className="visually-hidden">{copy.history.restore}</span>{' '}
        {entry.question === undefined ? (
          <code className="history-question">{oneLine}</code>
        ) : (
          <>
            <span className="history-question">{entry.question}</span>{' '}
            <code className="history-sql truncate">{oneLine}</code>
          </>
        )}
        <span className="history-meta">
          <OutcomeMark outcome={entry.outcome} />
          <RatingMark rating={entry.feedback?.rating} />
          {entry.rowCount !== undefined && <span>{copy.result.rows(entry.rowCount)}</span>}
          {ms !== undefined && <span>{formatDuration(ms)}</span>}
          <span>{formatMoment(entry.createdAt)}</span>
        </span>
      </button>
      <IconButton icon={Trash2} label={copy.history.remove(name)} onClick={onRemove} />
    </li>
  );
}
