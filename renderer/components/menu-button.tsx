import { ChevronDown, type LucideIcon } from 'lucide-react';
import { Button } from './button.tsx';
import { PopoverList, usePopover } from './popover.tsx';

export interface MenuItem {
  id: string;
  label: string;
}

interface MenuButtonProps {
  label: string;
  icon: LucideIcon;
  items: MenuItem[];
  onPick(id: string): void;
  disabled?: boolean;
}

export function MenuButton({ label, icon, items, onPick, disabled }: MenuButtonProps) {
  const { open, setOpen, anchorRef, triggerRef, dismiss } = usePopover();
  return (
    <div className="popover-anchor" ref={anchorRef}>
      <Button
        ref={triggerRef}
        variant="ghost"
        small
        icon={icon}
        disabled={disabled}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {label}
        <ChevronDown aria-hidden />
      </Button>
      {open && (
        <PopoverList role="menu" label={label} className="align-end" onDismiss={dismiss}>
          {items.map((item) => (
            <button
              key={item.id}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className="menu-item"
              onClick={() => {
                dismiss();
                onPick(item.id);
              }}
            >
              {item.label}
            </button>
          ))}
        </PopoverList>
      )}
    </div>
  );
}
