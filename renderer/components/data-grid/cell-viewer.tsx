import { Copy } from 'lucide-react';
import type { Cell, ResultColumn } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';
import { copyText } from '../../lib/clipboard.ts';
import { cellText } from '../../lib/format-rows.ts';
import { Button } from '../button.tsx';
import { Dialog } from '../dialog.tsx';
import { useToast } from '../toaster.tsx';
import { viewCell } from './cell-view.ts';

interface CellViewerProps {
  column: ResultColumn | undefined;
  /** 0-based. */
  row: number;
  cell: Cell | undefined;
  onClose(): void;
}

/** One value in full, laid out by its type. */
export function CellViewer({ column, row, cell, onClose }: CellViewerProps) {
  const toast = useToast();
  const { name = '', type = '' } = column ?? {};
  const view = viewCell(cell, type);
  async function copyValue(text: string): Promise<void> {
    toast((await copyText(text)) ? copy.common.copied : copy.common.copyFailed);
  }
  return (
    <Dialog
      title={copy.result.cellTitle(name, row + 1)}
      shape="drawer"
      onClose={onClose}
      footer={
        <>
          {view.kind !== 'text' && view.kind !== 'null' && (
            <Button icon={Copy} onClick={() => void copyValue(view.text)}>
              {copy.result.copyLaidOut}
            </Button>
          )}
          <Button icon={Copy} disabled={view.kind === 'null'} onClick={() => void copyValue(cellText(cell))}>
            {copy.result.copyValue}
          </Button>
        </>
      }
    >
      <p className="muted">{copy.result.cellFacts(type, view.kind, view.count ?? cellText(cell).length)}</p>
      {view.kind === 'null' ? (
        <p>
          <em>{copy.result.nullCell}</em>
        </p>
      ) : (
        <pre className="m-0 mt-3 font-mono text-s whitespace-pre-wrap break-words select-text">
          {view.text}
        </pre>
      )}
    </Dialog>
  );
}
