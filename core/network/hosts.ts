/** Whether a host is this machine by its name or address: what is sent there does not leave. */
export function isLocalHost(host: string): boolean {
  const name = normalise(host);
  // A path is a socket in the file system. Names below localhost are left to the system's resolver, which may ask others.
  if (name.startsWith('/') || name === 'localhost') return true;
  if (/^127(\.\d{1,3}){3}$/.test(name)) return true;
  return name === '::1' || /^::ffff:(127\.|7f[0-9a-f]{2}:)/.test(name);
}

/** Whether a host is on a list of names: alone, or as `*.example.com` with all below it. */
export function isListed(host: string, list: readonly string[]): boolean {
  const name = normalise(host);
  return list.some((entry) => {
    const wanted = normalise(entry.trim());
    return wanted.startsWith('*.') ? name.endsWith(wanted.slice(1)) : name === wanted;
  });
}

/** Without an address's brackets and a name's last dot. */
function normalise(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}
