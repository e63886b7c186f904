import { findShell } from '../../lib/shell.ts';

/** Opens an address in the user's browser: by the desktop shell, else in a tab of its own. */
export function openExternally(url: string): void {
  const shell = findShell();
  if (shell) void shell.openExternal(url);
  else window.open(url, '_blank', 'noopener');
}
