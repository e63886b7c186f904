import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface RedirectFile {
  path: string;
  remove(): void;
}

/**
 * Writes a page that leads to an address and that only the user's account can read. A browser is started with the path
 * of it: every user of the machine can read a command line, and an address may hold a secret.
 * @param dir a folder that only the user can write to
 * @param url an address without quotes, as URL writes it
 */
export function writeRedirectFile(dir: string, url: URL): RedirectFile {
  const path = join(dir, `open-${url.port}.html`);
  rmSync(path, { force: true });
  // `wx`: never into a file that someone else made, with rights of theirs.
  writeFileSync(path, redirectPage(url.href), { mode: 0o600, flag: 'wx' });
  return { path, remove: () => rmSync(path, { force: true }) };
}

function redirectPage(address: string): string {
  const escaped = address.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url=${escaped}">
<title>SQL Codegen Studio</title>
<p><a href="${escaped}">Open SQL Codegen Studio</a></p>
`;
}
