import type { CoreClient, CoreHandlers } from '../contract/index.ts';
import type { Console } from './console.ts';

/** What every command works with. */
export interface CliContext {
  console: Console;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** The core, started when first asked for and closed after the command. */
  core(): Promise<CoreClient>;
  /** The same core for a host that serves it to others. */
  handlers(): Promise<CoreHandlers>;
  /** Leaves the embedded server running when the core is closed, so that a printed URL stays good. */
  leaveServerRunning(): void;
  /** The exit code of a command that did its work but whose answer is a failure. Defaults to 0. */
  setExitCode(code: 0 | 1): void;
}
