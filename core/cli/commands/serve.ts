import type { Command } from 'commander';
import { rendererDir, resolveDataDir } from '../../app/index.ts';
import { startHost } from '../../host/index.ts';
import { wholeNumber } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { keepHostSession, readHostSession } from '../host-session.ts';
import { openBrowser } from '../open-browser.ts';
import { writeRedirectFile } from '../redirect-file.ts';
import { untilAborted } from '../until-aborted.ts';

interface ServeFlags {
  port?: number;
  open: boolean;
}

export function registerServe(program: Command, context: CliContext): void {
  program
    .command('serve')
    .description('the app in a browser: serves it on 127.0.0.1 until Ctrl-C')
    .option('--port <n>', 'port to listen on (default: a free one)', wholeNumber(1, 65_535))
    .option('--no-open', 'only print the address')
    .action((flags: ServeFlags) => serve(flags, context));
}

async function serve({ port, open }: ServeFlags, context: CliContext): Promise<void> {
  const handlers = await context.handlers();
  const dataDir = resolveDataDir();
  const host = await startHost({
    handlers,
    resume: readHostSession(dataDir),
    rendererDir,
    port,
    onInternalError: (method, error) => context.console.err(`${method} failed: ${error.message}`),
  });
  const page = open ? writeRedirectFile(dataDir, new URL(host.url)) : undefined;
  const forgetSession = keepHostSession(dataDir, host);
  try {
    context.console.out(`SQL Codegen Studio is at ${host.url}`);
    if (page) openBrowser(page.path);
    await untilAborted(context.signal);
  } finally {
    page?.remove();
    forgetSession();
    await host.close();
  }
}
