/** The locked list of packages that a run needs, beside the trainer's code. */
export function lockNameOf(needsQuantizedBase: boolean): string {
  return needsQuantizedBase ? 'requirements-qlora.lock' : 'requirements.lock';
}
