/**
 * The policy of every page of ours, in the browser and in Electron: only our own scripts, no inline script, no frame.
 * Styles may be inline because the SQL editor writes its own style elements.
 * @param connectSources what the page may open connections to, besides its own origin
 */
export function contentSecurityPolicy(connectSources: string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "worker-src 'self'",
    ["connect-src 'self'", ...connectSources].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
