import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  icon: LucideIcon;
  title: string;
  hint: string;
  actions?: ReactNode;
}

export function EmptyState({ icon: Icon, title, hint, actions }: EmptyStateProps) {
  return (
    <div className="empty-state">
      <Icon aria-hidden />
      <p className="empty-state-title">{title}</p>
      <p className="empty-state-hint">{hint}</p>
      {actions}
    </div>
  );
}
