import { Fragment } from 'react';
import { Dialog } from '../components/dialog.tsx';
import { copy } from '../copy.ts';

export function ShortcutsSheet({ onClose }: { onClose(): void }) {
  return (
    <Dialog title={copy.shortcuts.title} onClose={onClose}>
      <dl className="shortcut-list">
        {copy.shortcuts.keys.map(({ keys, does }) => (
          <div key={does} className="shortcut">
            <dt>
              {keys.map((key) => (
                <Fragment key={key}>
                  <kbd>{key}</kbd>
                </Fragment>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
