import type { Command } from 'commander';
import { moveStoreAside, resolveDataDir, storeFile } from '../../app/index.ts';
import type { CliContext } from '../context.ts';

export function registerStore(program: Command, { console }: CliContext): void {
  const store = program.command('store').description("the app's own data: connections, history, settings");
  store
    .command('path')
    .description('print where it is')
    .action(() => console.out(storeFile(resolveDataDir())));
  store
    .command('reset')
    .description('move the store aside and begin a new one; nothing is deleted')
    .action(() => console.out(`The store was moved to ${moveStoreAside(storeFile(resolveDataDir()))}`));
}
