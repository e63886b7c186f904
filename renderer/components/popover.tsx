import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from 'react';

export interface PopoverControls {
  open: boolean;
  setOpen(open: boolean): void;
  anchorRef: RefObject<HTMLDivElement | null>;
  triggerRef: RefObject<HTMLButtonElement | null>;
  /** Closes and gives the focus back to the trigger. */
  dismiss(): void;
}

/** Open state of a list that hangs from a button; closes on a click elsewhere. */
export function usePopover(): PopoverControls {
  const [open, setOpen] = useState(false);
  const anchorRef = useRef<HTMLDivElement>(null);
  const triggerRef = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    const close = (event: PointerEvent) => {
      if (event.target instanceof Node && !anchorRef.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', close);
    return () => document.removeEventListener('pointerdown', close);
  }, [open]);
  return {
    open,
    setOpen,
    anchorRef,
    triggerRef,
    dismiss() {
      setOpen(false);
      triggerRef.current?.focus();
    },
  };
}

interface PopoverListProps {
  role: 'menu' | 'listbox';
  label: string;
  className?: string;
  onDismiss(): void;
  children: ReactNode;
}

/** Items are buttons with role option or menuitem; arrows, Home and End move among them, a letter jumps. */
export function PopoverList({ role, label, className = '', onDismiss, children }: PopoverListProps) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const items = itemsOf(ref.current);
    (items.find((item) => item.ariaSelected === 'true') ?? items[0])?.focus();
  }, []);
  function move(event: KeyboardEvent): void {
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      event.stopPropagation();
      onDismiss();
      return;
    }
    const next = nextItem(itemsOf(ref.current), event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
  return (
    <div ref={ref} role={role} aria-label={label} className={`popover scroll ${className}`} onKeyDown={move}>
      {children}
    </div>
  );
}

function itemsOf(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('[role="option"], [role="menuitem"]') ?? [])];
}

function nextItem(items: HTMLElement[], key: string): HTMLElement | undefined {
  const index = items.findIndex((item) => item === document.activeElement);
  if (key === 'ArrowDown') return items[(index + 1) % items.length];
  if (key === 'ArrowUp') return items[(index - 1 + items.length) % items.length];
  if (key === 'Home') return items[0];
  if (key === 'End') return items.at(-1);
  if (key.length !== 1 || key === ' ') return undefined;
  const later = [...items.slice(index + 1), ...items.slice(0, index + 1)];
  return later.find((item) => item.textContent.trim().toLowerCase().startsWith(key.toLowerCase()));
}
