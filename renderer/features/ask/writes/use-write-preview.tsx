import { lazy, Suspense, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import type { Connection } from '../../../../core/contract/index.ts';
import type { AskState } from '../ask-state.ts';

const WriteDialog = lazy(async () => ({ default: (await import('./write-dialog.tsx')).WriteDialog }));

export interface WriteOffer {
  /** `preview`: can be previewed; `off`: could, if the connection allowed it; `none`: is no write of the user's own. */
  kind: 'preview' | 'off' | 'none';
  /** Whether the connection lets the user's own writes be previewed and committed, whatever the statement. */
  allowsWrites: boolean;
  open(): void;
  /** The dialog, while it is open. */
  dialog: ReactNode;
}

/** Comments, then one of the words that begin a write. */
const writePattern = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*(?:insert|update|delete)\b/i;

/** Offers a preview for a statement that the user typed: never for what a model wrote, nor a later version of that. */
export function useWritePreview(
  { sql, source }: AskState,
  connection: Connection | undefined,
  onEdit: () => void,
): WriteOffer {
  const [shown, setShown] = useState<{ connection: Connection; sql: string }>();
  const isOwn = source.kind === 'typed' && writePattern.test(sql) && connection?.kind === 'user';
  function edit(): void {
    // A dialog that closes gives the focus back to where it was: only then can it go elsewhere.
    flushSync(() => setShown(undefined));
    onEdit();
  }
  const kind = isOwn ? (connection.allowWrites ? 'preview' : 'off') : 'none';
  return {
    kind,
    allowsWrites: connection?.kind === 'user' && connection.allowWrites === true,
    open: () => connection && setShown({ connection, sql }),
    dialog: shown && (
      <Suspense>
        <WriteDialog {...shown} onEdit={edit} onClose={() => setShown(undefined)} />
      </Suspense>
    ),
  };
}
