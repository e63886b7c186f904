import { useMutation, useQueryClient } from '@tanstack/react-query';
import { BadgeCheck, ThumbsDown, ThumbsUp } from 'lucide-react';
import { AppError, type Feedback, type VerifiedExample } from '../../../../core/contract/index.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { queryKeys } from '../../../lib/queries.ts';
import { historyIdOf, type AskState } from '../ask-state.ts';

interface AnswerActionsProps {
  connectionId: string;
  state: AskState;
  onGiveFeedback(feedback: Feedback): void;
}

const texts = copy.conversation;

/** Thumbs for the answer, and keeping it as an example of a right one. */
export function AnswerActions({ connectionId, state, onGiveFeedback }: AnswerActionsProps) {
  const toast = useToast();
  const busy = state.work !== undefined;
  const rating = state.feedback?.rating;
  const canRate = !busy && state.origin !== undefined && state.question.trim() !== '';
  function rate(chosen: 'up' | 'down'): void {
    onGiveFeedback({ rating: rating === chosen ? undefined : chosen });
    if (chosen === 'down' && rating !== 'down') toast(texts.feedback.downHint);
  }
  return (
    <>
      {canRate && (
        <div role="group" className="flex" aria-label={texts.feedback.label}>
          <IconButton
            icon={ThumbsUp}
            label={texts.feedback.up}
            aria-pressed={rating === 'up'}
            onClick={() => rate('up')}
          />
          <IconButton
            icon={ThumbsDown}
            label={texts.feedback.down}
            aria-pressed={rating === 'down'}
            onClick={() => rate('down')}
          />
        </div>
      )}
      {state.sql.trim() !== '' && <SaveButton connectionId={connectionId} state={state} />}
    </>
  );
}

function SaveButton({ connectionId, state }: Pick<AnswerActionsProps, 'connectionId' | 'state'>) {
  const core = useCore();
  const cache = useQueryClient();
  const toast = useToast();
  const save = useMutation({
    mutationFn: () => {
      const { question, sql } = state;
      const historyId = historyIdOf(state);
      const origin = originOf(state);
      const from = historyId === undefined ? {} : { historyId };
      return core['verified.save']({ connectionId, question, sql, origin, ...from });
    },
    onSuccess: () => {
      toast(texts.verified.saved);
      return cache.invalidateQueries({ queryKey: queryKeys.verified(connectionId) });
    },
    onError: (error) => toast(`${texts.verified.saveFailed}: ${AppError.from(error).message}`),
  });
  const obstacle = obstacleOf(state);
  return (
    <Button
      variant="ghost"
      small
      icon={BadgeCheck}
      title={obstacle ?? texts.verified.saveHint}
      aria-label={texts.verified.save}
      disabled={obstacle !== undefined || state.work !== undefined || save.isPending}
      onClick={() => save.mutate()}
    >
      {texts.verified.save}
    </Button>
  );
}

/** Why there is nothing to save yet. */
function obstacleOf({ question, sql, result }: AskState): string | undefined {
  if (question.trim() === '') return texts.verified.saveNeedsQuestion;
  return result?.sql === sql ? undefined : texts.verified.saveNeedsRun;
}

function originOf({ source }: AskState): VerifiedExample['origin'] {
  if (source.kind === 'edited') return 'corrected';
  return source.kind === 'typed' ? 'typed' : 'model';
}
