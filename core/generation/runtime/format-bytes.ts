/** `4.2 GiB`, `512 MiB`: to tell people how much memory. */
export function formatBytes(bytes: number): string {
  const mebibytes = bytes / 1024 ** 2;
  if (mebibytes >= 1_024) return `${(mebibytes / 1_024).toFixed(1)} GiB`;
  return mebibytes >= 10 ? `${Math.round(mebibytes)} MiB` : `${mebibytes.toFixed(1)} MiB`;
}
