import { RotateCw } from 'lucide-react';
import { AppError } from '../../core/contract/index.ts';
import { copy } from '../copy.ts';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

interface FailureNoticeProps {
  /** What did not work, from the user's side. */
  title: string;
  /** Whatever was thrown. */
  error: unknown;
  onRetry(): void;
}

/** Why something could not be read or done, and the way to try it again. */
export function FailureNotice({ title, error, onRetry }: FailureNoticeProps) {
  const { message, hint } = AppError.from(error);
  return (
    <Notice
      tone="error"
      title={title}
      message={message}
      hint={hint}
      actions={
        <Button small icon={RotateCw} onClick={onRetry}>
          {copy.common.retry}
        </Button>
      }
    />
  );
}
