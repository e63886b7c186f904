import { useState, type FormEvent } from 'react';
import { Button } from '../../../../components/button.tsx';
import { Dialog } from '../../../../components/dialog.tsx';
import { copy } from '../../../../copy.ts';

const text = copy.loop.promote;

/** Asks for the reason to use a model that the gate is against. */
export function InsistDialog({ onInsist, onClose }: { onInsist(reason: string): void; onClose(): void }) {
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
