import { AppError } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { copy } from '../../copy.ts';

interface TooLargeProps {
  error: unknown;
  onAnyway(): void;
  onClose(): void;
}

/** A model that does not fit, told before anything was loaded; whoever knows better loads it all the same. */
export function TooLargeDialog({ error, onAnyway, onClose }: TooLargeProps) {
  const { message, hint } = AppError.from(error);
  return (
    <Dialog
      title={copy.models.tooLarge}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{copy.common.cancel}</Button>
          <Button variant="danger" onClick={onAnyway}>
            {copy.models.loadAnyway}
          </Button>
        </>
      }
    >
      <p className="font-semibold">{message}</p>
      {hint && <p className="[overflow-wrap:anywhere]">{hint}</p>}
      <p className="muted">{copy.models.loadAnywayHint}</p>
    </Dialog>
  );
}
