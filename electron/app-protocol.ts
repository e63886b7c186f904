import { protocol } from 'electron';
import { contentSecurityPolicy, readStaticFile } from '../core/app/index.ts';

const scheme = 'app';

/** Origin of our own page: a real one, unlike that of file://. */
export const appOrigin = `${scheme}://studio`;

/** Must be called before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the built renderer at `app://studio/`, with the same policy as the browser host. */
export function serveApp(rendererDir: string): void {
  protocol.handle(scheme, async (request) => {
    const { host, pathname } = new URL(request.url);
    const file =
      host === 'studio' && request.method === 'GET' ? await readStaticFile(rendererDir, pathname) : undefined;
    if (!file) return new Response('Not found', { status: 404 });
    return new Response(new Uint8Array(file.body), {
      headers: {
        'Content-Type': file.type,
        'Content-Security-Policy': contentSecurityPolicy(),
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        'Cross-Origin-Opener-Policy': 'same-origin',
      },
    });
  });
}

/** Whether an address belongs to our page. */
export function isOwnUrl(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && parsed.protocol === `${scheme}:` && parsed.host === 'studio';
}
