import path from 'node:path';
import { AppError } from '../../contract/index.ts';

/** Where in the file an answer's bytes belong. */
export interface Place {
  from: number;
  totalBytes: number | undefined;
  /** What If-Range takes; a weak ETag does not say that the bytes are the same. */
  validator: string | undefined;
}

/** @param first headers of the hub's own answer, which has the ETag of the content where it redirects */
export function readPlace(response: Response, first: Headers): Place {
  const { headers, status } = response;
  const validator = strongOf(headers.get('etag')) ?? headers.get('last-modified') ?? undefined;
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  if (status === 206 && range) {
    const total = range[3] === '*' ? undefined : Number(range[3]);
    return { from: Number(range[1]), totalBytes: total, validator };
  }
  const length = headers.get('content-length') ?? first.get('x-linked-size');
  const isPlain = headers.get('content-encoding') === null;
  return { from: 0, totalBytes: length === null || !isPlain ? undefined : Number(length), validator };
}

function strongOf(etag: string | null): string | undefined {
  return etag === null || etag.startsWith('W/') ? undefined : etag;
}

/** A page to log in or to accept terms is no model, whatever its name. */
export function rejectWebPage(response: Response, url: string, target: string): void {
  const type = response.headers.get('content-type') ?? '';
  if (!/^\s*(text\/html|application\/xhtml)/i.test(type) || /\.html?$/i.test(target)) return;
  throw new AppError(
    'MODEL_INCOMPATIBLE',
    `${new URL(url).host} sends a web page instead of ${path.basename(target)}.`,
    {
      hint: 'Perhaps you have to log in there or accept terms first: open the address in a browser. Give the address of the file itself.',
    },
  );
}
