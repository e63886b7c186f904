import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Told } from './told.tsx';

export type Tone = 'error' | 'warning' | 'success' | 'info';

const icons = { error: CircleAlert, warning: TriangleAlert, success: CircleCheck, info: Info };

interface NoticeProps {
  tone: Tone;
  /** What is. */
  title: string;
  message?: string | undefined;
  /** The next step. */
  hint?: string | undefined;
  actions?: ReactNode;
}

/** A box that says what is and what to do next; errors interrupt a screen reader, the rest waits. */
export function Notice({ tone, title, message, hint, actions }: NoticeProps) {
  const Icon = icons[tone];
  return (
    <div className={`notice tone-${tone}`} role={tone === 'error' || tone === 'warning' ? 'alert' : 'status'}>
      <Icon aria-hidden />
      <div className="notice-text">
        <p className="notice-title">{title}</p>
        {message && <p className="notice-message scroll">{message}</p>}
        {hint && (
          <p className="muted">
            <Told text={hint} />
          </p>
        )}
        {actions && <div className="notice-actions">{actions}</div>}
      </div>
    </div>
  );
}
