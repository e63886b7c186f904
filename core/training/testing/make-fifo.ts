import { execFileSync } from 'node:child_process';

/** A file that whoever opens it to write waits for a reader of. */
export function makeFifo(file: string): void {
  execFileSync('mkfifo', [file]);
}
