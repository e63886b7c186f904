import { X } from 'lucide-react';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { copy } from '../copy.ts';
import { Button, IconButton } from './button.tsx';

interface DialogProps {
  title: string;
  onClose(): void;
  children: ReactNode;
  footer?: ReactNode;
  /** Defaults to a box in the middle. */
  shape?: 'box' | 'wide' | 'drawer' | 'palette';
}

/** A modal dialog on the browser's own <dialog>: it keeps the focus inside and gives it back afterwards. */
export function Dialog({ title, onClose, children, footer, shape = 'box' }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={`dialog ${shape}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
      // Keys inside a dialog are not shortcuts of the page behind it.
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div className="dialog-frame">
        <div className={shape === 'palette' ? 'visually-hidden' : 'dialog-head'}>
          <h2 id={titleId}>{title}</h2>
          <IconButton icon={X} label={copy.common.close} onClick={onClose} />
        </div>
        <div className="dialog-body scroll" tabIndex={shape === 'drawer' ? 0 : undefined}>
          {children}
        </div>
        {footer && <div className="dialog-foot">{footer}</div>}
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  text: string;
  action: string;
  /** Of the button that does nothing. Defaults to Cancel, which says little where something is cancelled. */
  keep?: string | undefined;
  onConfirm(): void;
  onClose(): void;
}

export function ConfirmDialog({
  title,
  text,
  action,
  keep = copy.common.cancel,
  onConfirm,
  onClose,
}: ConfirmProps) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{keep}</Button>
          <Button variant="danger" onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      <p>{text}</p>
    </Dialog>
  );
}
