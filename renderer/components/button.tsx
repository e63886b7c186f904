import type { LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes, Ref } from 'react';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** Defaults to secondary. */
  variant?: 'primary' | 'secondary' | 'ghost' | 'danger';
  icon?: LucideIcon;
  /** A shortcut, shown after the label. */
  keyHint?: string;
  small?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({
  variant = 'secondary',
  icon: Icon,
  keyHint,
  small,
  children,
  title,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      title={title ?? (Icon && typeof children === 'string' ? children : undefined)}
      {...rest}
      className={`button ${variant} ${small ? 'small' : ''}`}
    >
      {Icon && <Icon aria-hidden />}
      {children !== undefined && <span className="button-label">{children}</span>}
      {keyHint && (
        <span className="hint" aria-hidden>
          {keyHint}
        </span>
      )}
    </button>
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon: LucideIcon;
  /** What it does; also the tooltip. */
  label: string;
  ref?: Ref<HTMLButtonElement>;
}

export function IconButton({ icon: Icon, label, ...rest }: IconButtonProps) {
  return (
    <button type="button" title={label} aria-label={label} {...rest} className="icon-button">
      <Icon aria-hidden size={16} />
    </button>
  );
}
