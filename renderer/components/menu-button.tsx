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
  const popover = usePopover();
  return (
    <div className="popover-anchor" ref={popover.anchorRef}>
      <Button
        ref={popover.triggerRef}
        variant="ghost"
        small
        icon={icon}
        disabled={disabled}
        aria-haspopup="menu"
        aria-expanded={popover.open}
        onClick={() => popover.setOpen(!popover.open)}
      >
        {label}
        <ChevronDown aria-hidden />
      </Button>
      {popover.open && (
        <PopoverList role="menu" label={label} className="align-end" onDismiss={popover.dismiss}>
          {items.map((item) => (
            <button
              key={item.id}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className="menu-item"
              onClick={() => {
                popover.dismiss();
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
