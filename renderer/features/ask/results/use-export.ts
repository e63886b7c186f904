import { useEffect, useRef, useState } from 'react';
import { AppError, type ExportRequest } from '../../../../core/contract/index.ts';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { findShell } from '../../../lib/shell.ts';
import { downloadFrom, pickFile, saveFrom } from './save-file.ts';

export interface RunningExport {
  rows: number;
  bytes: number;
}

export interface Export {
  running: RunningExport | undefined;
  error: AppError | undefined;
  start(request: Omit<ExportRequest, 'timeoutMs'>): void;
  cancel(): void;
}

/**
 * All rows of a statement into a file that the user chooses: written by the core in the desktop app, by the browser
 * elsewhere. Nothing of it is kept in memory, and what is cancelled or fails leaves no file.
 */
export function useExport(): Export {
  const core = useCore();
  const toast = useToast();
  const [running, setRunning] = useState<RunningExport>();
  const [error, setError] = useState<AppError>();
  const controller = useRef<AbortController>(undefined);
  useEffect(() => () => controller.current?.abort(), []);

  async function prepare(request: Omit<ExportRequest, 'timeoutMs'>, signal: AbortSignal): Promise<string> {
    setRunning({ rows: 0, bytes: 0 });
    return (await core['postgres.prepareExport'](request, { signal })).exportId;
  }

  /** @returns the name of the saved file; undefined where the user changed their mind or the browser goes on by itself */
  async function save(
    request: Omit<ExportRequest, 'timeoutMs'>,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const shell = findShell();
    if (shell) {
      const path = await shell.pickSavePath({ title: copy.result.exportAs, fileName: request.fileName });
      if (path === null) return undefined;
      const exportId = await prepare(request, signal);
      for await (const step of core['postgres.exportToFile']({ exportId, path }, { signal }))
        setRunning(step);
      return path.split(/[\\/]/).at(-1);
    }
    const file = await pickFile(request.fileName);
    if (file === 'cancelled') return undefined;
    if (file === 'none') {
      downloadFrom(`/export/${await prepare(request, signal)}`);
      toast(copy.result.exportStarted);
      return undefined;
    }
    const exportId = await prepare(request, signal);
    await saveFrom(`/export/${exportId}`, file, signal, (bytes) => setRunning({ rows: 0, bytes }));
    return file.name;
  }

  async function start(request: Omit<ExportRequest, 'timeoutMs'>): Promise<void> {
    const own = new AbortController();
    controller.current?.abort();
    controller.current = own;
    setError(undefined);
    try {
      const name = await save(request, own.signal);
      if (name !== undefined) toast(copy.result.exported(name));
    } catch (thrown) {
      if (own.signal.aborted) toast(copy.result.exportCancelled);
      else setError(AppError.from(thrown));
    } finally {
      if (controller.current === own) setRunning(undefined);
    }
  }

  return {
    running,
    error,
    start: (request) => void start(request),
    cancel: () => controller.current?.abort(),
  };
}
