import { CornerDownRight, X } from 'lucide-react';
import type { Turn } from '../../../core/contract/index.ts';
import { IconButton } from '../../components/button.tsx';
import { copy } from '../../copy.ts';

interface FollowUpChipProps {
  turn: Turn;
  onRemove(): void;
}

/** Says that the question will be read in the light of an earlier one, and how to ask it by itself. */
export function FollowUpChip({ turn, onRemove }: FollowUpChipProps) {
  return (
    <div className="follow-up-chip" role="group" aria-label={copy.ask.followUp}>
      <CornerDownRight aria-hidden />
      <span>{copy.ask.followingUpOn}</span>
      <span className="truncate" title={turn.sql}>
        {turn.question}
      </span>
      <IconButton icon={X} label={copy.ask.askAlone} onClick={onRemove} />
    </div>
  );
}
