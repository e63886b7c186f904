import { useState, type FormEvent } from 'react';
import { Button } from '../button.tsx';
import { Dialog } from '../dialog.tsx';
import { copy } from '../../copy.ts';

const text = copy.loop.promote;

interface InsistDialogProps {
  /** What speaks against it, where the page does not say it. */
  why?: string | undefined;
  onInsist(reason: string): void;
  onClose(): void;
}

/** Asks for the reason to use a model that the gate is against. */
export function InsistDialog({ why, onInsist, onClose }: InsistDialogProps) {
  const [reason, setReason] = useState('');
  const isReason = reason.trim().length >= 3;
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (isReason) onInsist(reason.trim());
  }
  return (
    <Dialog
      title={text.anywayTitle}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{copy.common.cancel}</Button>
          <Button variant="danger" type="submit" form="insist" disabled={!isReason}>
            {text.anyway}
          </Button>
        </>
      }
    >
      <form id="insist" className="grid gap-3" onSubmit={submit}>
        {why !== undefined && <p className="font-semibold">{why}</p>}
        <p>{text.anywayText}</p>
        <label className="grid gap-1 text-s">
          {text.reason}
          <input
            className="input"
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
      </form>
    </Dialog>
  );
}
