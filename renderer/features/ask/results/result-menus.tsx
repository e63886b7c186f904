import { Copy, Download, X } from 'lucide-react';
import type { RefObject } from 'react';
import { AppError, type ResultColumn } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { MenuButton } from '../../../components/menu-button.tsx';
import { Notice } from '../../../components/notice.tsx';
import type { CellRange } from '../../../components/data-grid/selection.ts';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { copyText, downloadText } from '../../../lib/clipboard.ts';
import { findTableName, formatRows, type ExportFormat } from '../../../lib/format-rows.ts';
import { useExport } from './use-export.ts';
import type { ReadOn } from './use-read-on.ts';

/** What is copied or exported. */
export interface ResultSource {
  columns: ResultColumn[];
  readOn: ReadOn;
  sql: string;
  origin: 'user' | 'model';
  connectionId: string | undefined;
  /** Without an extension. */
  fileName: string;
}

const menuFormats: ExportFormat[] = ['tsv', 'csv', 'json', 'jsonl', 'markdown', 'sql'];
const extensions: Record<ExportFormat, string> = {
  tsv: 'tsv',
  csv: 'csv',
  json: 'json',
  jsonl: 'jsonl',
  markdown: 'md',
  sql: 'sql',
};

const items = menuFormats.map((id) => ({ id, label: copy.result.formats[id] }));

interface CopyMenuProps {
  source: ResultSource;
  selection: RefObject<CellRange | undefined>;
  disabled: boolean;
}

/** Copies the selected cells, or everything where no more than one is selected. */
export function CopyMenu({ source, selection, disabled }: CopyMenuProps) {
  const toast = useToast();
  const { columns, readOn, sql } = source;
  async function copyAs(format: ExportFormat): Promise<void> {
    const range = selection.current;
    const isSelection =
      range !== undefined && (range.fromRow < range.toRow || range.fromColumn < range.toColumn);
    const { fromRow, toRow, fromColumn, toColumn } = isSelection
      ? range
      : {
          fromRow: 0,
          toRow: (readOn.total ?? readOn.known) - 1,
          fromColumn: 0,
          toColumn: columns.length - 1,
        };
    try {
      const found = await readOn.rows.read(fromRow, toRow + 1);
      const rows = found.map((row) => row.slice(fromColumn, toColumn + 1));
      const options = { tableName: findTableName(sql) };
      const text = formatRows({ columns: columns.slice(fromColumn, toColumn + 1), rows }, format, options);
      const cells = rows.length * (toColumn - fromColumn + 1);
      const copiedRows = readOn.total === undefined ? copy.result.copiedPart : copy.result.copiedRows;
      const success = isSelection ? copy.result.copiedCells(cells) : copiedRows(rows.length);
      toast((await copyText(text)) ? success : copy.common.copyFailed);
    } catch (error) {
      toast(AppError.from(error).message);
    }
  }
  return (
    <MenuButton
      label={copy.result.copyAs}
      icon={Copy}
      disabled={disabled}
      items={items}
      onPick={(id) => void copyAs(id as ExportFormat)}
    />
  );
}

interface ExportMenuProps {
  source: ResultSource;
  /** All rows are here: then these very ones are saved, without running the statement again. */
  isWhole: boolean;
  disabled: boolean;
}

export function ExportMenu({ source, isWhole, disabled }: ExportMenuProps) {
  const toast = useToast();
  const exporting = useExport();
  const { columns, readOn, sql, origin, connectionId } = source;
  const tableName = findTableName(sql);
  async function exportAs(format: ExportFormat): Promise<void> {
    const fileName = `${source.fileName}.${extensions[format]}`;
    if (isWhole || connectionId === undefined) {
      const rows = await readOn.rows.read(0, readOn.rows.count);
      downloadText(
        fileName,
        formatRows({ columns, rows }, format, { tableName }),
        'text/plain;charset=utf-8',
      );
      toast(copy.result.exportStarted);
      return;
    }
    exporting.start({
      ...{ connectionId, sql, origin, format, fileName },
      ...(tableName === undefined ? {} : { tableName }),
      ...(readOn.sort ? { sort: readOn.sort } : {}),
    });
  }
  const { running, error } = exporting;
  if (running) {
    return (
      <span className="inline-flex items-center gap-2 text-s text-text-2" role="status">
        {running.rows + running.bytes > 0
          ? copy.result.exporting(running.rows, running.bytes)
          : copy.result.preparingExport}
        <Button small variant="ghost" icon={X} onClick={exporting.cancel}>
          {copy.common.cancel}
        </Button>
      </span>
    );
  }
  return (
    <>
      <MenuButton
        label={copy.result.exportAs}
        icon={Download}
        disabled={disabled}
        items={items}
        onPick={(id) => void exportAs(id as ExportFormat)}
      />
      {error && (
        <div className="basis-full">
          <Notice tone="error" title={copy.result.exportFailed} message={error.message} hint={error.hint} />
        </div>
      )}
    </>
  );
}
