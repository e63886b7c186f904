import { AppError } from '../../contract/index.ts';

/** Statuses after which the same request may succeed a little later. */
export function isBusy(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** What a server's refusal means to the user. */
export function explainStatus(status: number, url: string, hasToken: boolean): AppError {
  const { host, pathname } = new URL(url);
  const file = decodeURIComponent(pathname.split('/').at(-1) ?? '') || host;
  const details = { status, host };
  if (status === 401 || status === 403) {
    const hint = hasToken
      ? 'On the hub, open the model’s page and accept its terms; then see whether the token may read it.'
      : 'If it is a gated model, accept its terms on the hub and give a token (Models, Download, or HF_TOKEN).';
    return new AppError('AUTH_FAILED', `${host} does not give ${file} out: HTTP ${status}.`, {
      hint,
      details,
    });
  }
  if (status === 404 || status === 410) {
    return new AppError('NOT_FOUND', `${host} has no ${file}: HTTP ${status}.`, {
      hint: 'Check the name and the revision; the file may have been moved.',
      details,
    });
  }
  if (status === 429) {
    return new AppError('REMOTE_UNREACHABLE', `${host} says that too much was asked of it: HTTP 429.`, {
      hint: 'What came so far is kept. Wait some minutes, then resume the download.',
      details,
    });
  }
  if (isBusy(status)) {
    return new AppError('REMOTE_UNREACHABLE', `${host} is in trouble: HTTP ${status}.`, {
      hint: 'What came so far is kept. Resume the download later.',
      details,
    });
  }
  return new AppError('INVALID_INPUT', `${host} refuses the request: HTTP ${status}.`, {
    hint: 'Check the address in a browser.',
    details,
  });
}

/** Seconds or a date, as HTTP has it. In milliseconds, a minute at most; undefined where nothing is said. */
export function readRetryAfter(headers: Headers): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.min(60_000, Math.max(0, ms)) : undefined;
}
