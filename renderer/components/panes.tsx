import type { ReactNode } from 'react';
import { Group, Panel, Separator, type PanelProps } from 'react-resizable-panels';
import { readPreferences, setPreference } from '../lib/preferences.ts';

interface PanesProps {
  /** Unique; the sizes are kept under it. */
  name: string;
  /** How the panes stand: side by side is `horizontal`. */
  orientation: 'horizontal' | 'vertical';
  className?: string;
  /** Panes with a handle between each two. */
  children: ReactNode;
}

/** Panes whose borders can be dragged, or moved with the arrow keys; a double click restores them. Sizes are kept. */
export function Panes({ name, orientation, className, children }: PanesProps) {
  const kept = readPreferences().panes?.[name];
  return (
    <Group
      orientation={orientation}
      {...(className === undefined ? {} : { className })}
      {...(kept && { defaultLayout: kept })}
      onLayoutChanged={(layout, { isUserInteraction }) => {
        if (isUserInteraction) setPreference('panes', { ...readPreferences().panes, [name]: layout });
      }}
    >
      {children}
    </Group>
  );
}

/** Sizes as numbers are pixels, as text per cent. */
export function Pane(props: PanelProps & { id: string }) {
  return <Panel {...props} />;
}

export function PaneHandle({ label }: { label: string }) {
  return <Separator className="pane-handle" aria-label={label} />;
}
