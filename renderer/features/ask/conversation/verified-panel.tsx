import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { BadgeCheck, Download, GraduationCap, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Connection, VerifiedExample } from '../../../../core/contract/index.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { ConfirmDialog } from '../../../components/dialog.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { downloadText } from '../../../lib/clipboard.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { formatMoment } from '../../../lib/format-values.ts';
import { queryKeys } from '../../../lib/queries.ts';
import { requestTraining } from '../../../lib/training-request.ts';
import { EditQuestionDialog } from './edit-question-dialog.tsx';
import { asOneLine } from './thread.ts';

interface VerifiedPanelProps {
  connection: Connection;
  onOpen(example: VerifiedExample): void;
}

const texts = copy.conversation.verified;

/** The examples that the user has found right, of one database. */
export function VerifiedPanel({ connection, onOpen }: VerifiedPanelProps) {
  const core = useCore();
  const cache = useQueryClient();
  const toast = useToast();
  const { id: connectionId, name } = connection;
  const [search, setSearch] = useState('');
  const [editing, setEditing] = useState<VerifiedExample>();
  const [removing, setRemoving] = useState<VerifiedExample>();
  const queryKey = queryKeys.verified(connectionId);
  const examples = useQuery({
    queryKey,
    queryFn: ({ signal }) => core['verified.list']({ connectionId }, { signal }),
  });
  const remove = useMutation({
    mutationFn: (id: string) => core['verified.remove']({ id }),
    onSettled: () => cache.invalidateQueries({ queryKey }),
  });
  const save = useMutation({
    mutationFn: () => core['verified.export']({ connectionId }),
    onSuccess({ jsonl, count, leftOut }) {
      downloadText(`${name}-verified.jsonl`, jsonl, 'application/jsonl');
      toast(
        [texts.exported(count), ...(leftOut.length > 0 ? [texts.leftOut(leftOut.length)] : [])].join(' '),
      );
    },
  });
  if (examples.error) {
    const retry = () => void examples.refetch();
    return <FailureNotice title={texts.loadFailed} error={examples.error} onRetry={retry} />;
  }
  if (!examples.data) {
    return (
      <div className="empty-state" role="status">
        <Spinner />
        {copy.common.loading}
      </div>
    );
  }
  if (examples.data.length === 0) {
    return <EmptyState icon={BadgeCheck} title={texts.emptyTitle} hint={texts.emptyHint} />;
  }
  const wanted = search.trim().toLowerCase();
  const found = examples.data.filter(({ question, sql }) =>
    `${question}\n${sql}`.toLowerCase().includes(wanted),
  );
  return (
    <>
      <div className="side-tools">
        <input
          className="input grow"
          type="search"
          aria-label={texts.search}
          placeholder={texts.search}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      {remove.error && (
        <FailureNotice
          title={texts.changeFailed}
          error={remove.error}
          onRetry={() => remove.mutate(remove.variables)}
        />
      )}
      {save.error && (
        <FailureNotice title={texts.exportFailed} error={save.error} onRetry={() => save.mutate()} />
      )}
      <ul className="history-list scroll" aria-label={texts.title}>
        {found.map((example) => (
          <ExampleItem
            key={example.id}
            example={example}
            onOpen={() => onOpen(example)}
            onEdit={() => setEditing(example)}
            onRemove={() => setRemoving(example)}
          />
        ))}
        {found.length === 0 && <li className="p-4 text-s text-text-2">{texts.noMatch}</li>}
      </ul>
      <div className="side-foot">
        <Button variant="ghost" small icon={Download} disabled={save.isPending} onClick={() => save.mutate()}>
          {texts.export}
        </Button>
        <Button
          variant="ghost"
          small
          icon={GraduationCap}
          onClick={() =>
            requestTraining({ draft: { data: { sources: [{ kind: 'verified', connectionId, weight: 1 }] } } })
          }
        >
          {copy.loop.trainOnThese}
        </Button>
      </div>
      {editing && (
        <EditQuestionDialog example={editing} queryKey={queryKey} onClose={() => setEditing(undefined)} />
      )}
      {removing && (
        <ConfirmDialog
          title={texts.removeTitle}
          text={texts.removeText}
          action={copy.common.remove}
          onConfirm={() => {
            remove.mutate(removing.id);
            setRemoving(undefined);
          }}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </>
  );
}

interface ExampleItemProps {
  example: VerifiedExample;
  onOpen(): void;
  onEdit(): void;
  onRemove(): void;
}

function ExampleItem({ example, onOpen, onEdit, onRemove }: ExampleItemProps) {
  const { question, sql, origin, rowCount, updatedAt } = example;
  return (
    <li className="history-item">
      <button type="button" className="history-restore" title={sql} onClick={onOpen}>
        <span className="visually-hidden">{texts.open}</span>{' '}
        <span className="history-question">{question}</span>{' '}
        <code className="history-sql truncate">{asOneLine(sql)}</code>
        <span className="history-meta">
          <span>{texts.origins[origin]}</span>
          <span>{copy.result.rows(rowCount)}</span>
          <span>{formatMoment(updatedAt)}</span>
        </span>
      </button>
      <IconButton icon={Pencil} label={texts.edit(question)} onClick={onEdit} />
      <IconButton icon={Trash2} label={texts.remove(question)} onClick={onRemove} />
    </li>
  );
}
