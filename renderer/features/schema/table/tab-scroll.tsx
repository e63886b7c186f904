import type { ReactNode } from 'react';

/** What scrolls below the tabs; the keyboard reaches it. */
export function TabScroll({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div role="region" aria-label={label} tabIndex={0} className="scroll min-h-0 flex-1 px-3 pb-4">
      {children}
    </div>
  );
}
