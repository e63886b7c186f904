import { join } from 'node:path';

const invocation = 'npm run -s sqlcodegen --';

/** The `--data-dir` of a command line, if it has one. */
export function findDataDir(args: string[]): string | undefined {
  const at = args.findIndex((arg) => arg === '--data-dir' || arg.startsWith('--data-dir='));
  return args[at]?.startsWith('--data-dir=')
    ? args[at].slice('--data-dir='.length)
    : args[at + 1 || args.length];
}

/**
 * A hint's commands as they can be typed here: `sqlcodegen data all` becomes `npm run -s sqlcodegen -- data all`, with
 * the data folder in use, which also is where a release is to be put.
 */
export function nameCommands(text: string, dataDir: string | undefined): string {
  const flag = dataDir === undefined ? '' : ` --data-dir ${quote(dataDir)}`;
  const named = text.replaceAll(
    /`(?:npm run -s sqlcodegen --|sqlcodegen) (\w[^`]*)`/g,
    (_, command: string) => `\`${invocation} ${command}${command.startsWith('data ') ? flag : ''}\``,
  );
  if (dataDir === undefined) return named;
  return named.replaceAll('data/raw/spider/spider.zip', join(dataDir, 'raw', 'spider', 'spider.zip'));
}

function quote(word: string): string {
  return /^[\w./:\\~-]+$/.test(word) ? word : `"${word}"`;
}
