import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { AppError, type CoreHandlers } from '../contract/index.ts';

/** Before the id of an export. */
export const exportPath = '/export/';

/**
 * All rows of a prepared export as a file to save, part by part as the browser takes them. What fails halfway hangs up,
 * so that the browser keeps no half file as if it were whole; a browser that leaves stops the statement.
 */
export async function sendExport(
  handlers: Pick<CoreHandlers, 'postgres.streamExport'>,
  exportId: string,
  response: ServerResponse,
): Promise<void> {
  const stop = new AbortController();
  response.on('close', () => stop.abort());
  try {
    const parts = handlers['postgres.streamExport']({ exportId }, { signal: stop.signal });
    for await (const { text, fileName } of parts) {
      if (!response.headersSent) begin(response, fileName);
      if (stop.signal.aborted) return;
      if (!response.write(text)) await once(response, 'drain', { signal: stop.signal });
    }
    response.end();
  } catch (thrown) {
    if (response.headersSent) response.destroy();
    else refuse(response, AppError.from(thrown));
  }
}

function begin(response: ServerResponse, fileName: string): void {
  // RFC 6266: the name for old readers, then the name as it is.
  const plain = fileName.replaceAll(/[^\w.-]/g, '_');
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(fileName)}`,
  });
}

function refuse(response: ServerResponse, error: AppError): void {
  response.writeHead(error.code === 'NOT_FOUND' ? 404 : 500, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${error.message} ${error.hint ?? ''}\n`);
}
