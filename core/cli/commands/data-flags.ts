import type { Command } from 'commander';
import { projectDataDir } from '../../app/spider-pipeline.ts';

/** What every `data` command takes. */
export interface DataFlags {
  json?: boolean;
  dataDir: string;
}

export function withDataFlags(command: Command): Command {
  return command
    .option('--json', 'print JSON')
    .option(
      '--data-dir <folder>',
      'holds raw/, processed/ and versions/; from the project folder unless absolute',
      projectDataDir,
    );
}
