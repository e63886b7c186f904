import { shell, type Session, type WebContents } from 'electron';
import { isOwnUrl } from './app-protocol.ts';

/** Keeps a page on our own address: no navigation, no window, no webview. Links to the web open in the browser. */
export function lockContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isOwnUrl(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!isOwnUrl(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    if (!isOwnUrl(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    void openHttps(url);
    return { action: 'deny' };
  });
}

/** What the app itself serves beside the window: TensorBoard. */
const ownHost = '127.0.0.1';

/** Opens an https address, or one of this machine itself, in the user's browser. @returns whether it was one */
export async function openHttps(url: string): Promise<boolean> {
  const parsed = URL.parse(url);
  const isOwn = parsed?.protocol === 'http:' && parsed.hostname === ownHost;
  if (!parsed || (parsed.protocol !== 'https:' && !isOwn)) return false;
  await shell.openExternal(parsed.href);
  return true;
}

/** Copying a result is all that the page may do with the system. */
const allowedPermissions = ['clipboard-sanitized-write'];

/** Denies camera, microphone, location, notifications, devices and everything else. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, decide) =>
    decide(allowedPermissions.includes(permission)),
  );
  session.setPermissionCheckHandler((_contents, permission) => allowedPermissions.includes(permission));
  session.setDevicePermissionHandler(() => false);
}

/** What the page itself is made of; everything else would be the network, which only the core may use. */
const pageSchemes = ['app:', 'blob:', 'data:', 'devtools:'];

/** Keeps Chromium from asking anything of the network, whatever a page tries. */
export function denyRequests(session: Session): void {
  session.webRequest.onBeforeRequest(({ url }, decide) =>
    decide({ cancel: !pageSchemes.includes(URL.parse(url)?.protocol ?? '') }),
  );
}
