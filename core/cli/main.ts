#!/usr/bin/env node
import { createConsole } from './console.ts';
import { runCli } from './run-cli.ts';

/** How long a handle that somebody forgot may keep the finished command from ending. */
const lingerMs = 1_000;

/** One Ctrl-C may arrive twice: from the terminal, and passed on by the process that started this one. */
const sameInterruptMs = 500;

const controller = new AbortController();
let interruptedAt = 0;

function interrupt(): void {
  if (!controller.signal.aborted) {
    interruptedAt = performance.now();
    controller.abort();
  } else if (performance.now() - interruptedAt > sameInterruptMs) {
    // The second time the user means it.
    process.exit(1);
  }
}

process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);
// `sqlcodegen … | head` closes the pipe early: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runCli(process.argv.slice(2), {
  console: createConsole(process.stdout, process.stderr),
  signal: controller.signal,
});
setTimeout(() => process.exit(), lingerMs).unref();
