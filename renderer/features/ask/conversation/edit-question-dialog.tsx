import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { VerifiedExample } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';

interface EditQuestionDialogProps {
  example: VerifiedExample;
  /** Of the list that shows it. */
  queryKey: readonly string[];
  onClose(): void;
}

const texts = copy.conversation.verified;

/** Words an example's question anew; what is typed stays where that fails. */
export function EditQuestionDialog({ example, queryKey, onClose }: EditQuestionDialogProps) {
  const core = useCore();
  const cache = useQueryClient();
  const [question, setQuestion] = useState(example.question);
  const edit = useMutation({
    mutationFn: () => core['verified.edit']({ id: example.id, question }),
    onSuccess: () => {
      onClose();
      return cache.invalidateQueries({ queryKey });
    },
  });
  return (
    <Dialog
      title={texts.editTitle}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{copy.common.cancel}</Button>
          <Button
            variant="primary"
            disabled={question.trim() === '' || edit.isPending}
            onClick={() => edit.mutate()}
          >
            {copy.common.save}
          </Button>
        </>
      }
    >
      {edit.error && (
        <FailureNotice title={texts.changeFailed} error={edit.error} onRetry={() => edit.mutate()} />
      )}
      <textarea
        className="input w-full"
        rows={3}
        aria-label={texts.question}
        value={question}
        onChange={(event) => setQuestion(event.target.value)}
      />
      <pre className="prompt-text scroll" tabIndex={0}>
        {example.sql}
      </pre>
    </Dialog>
  );
}
