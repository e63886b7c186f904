import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const link = '/usr/bin/sqlcodegen';
const additions = {
  'after-install': `ln -sf '/opt/\${sanitizedProductName}/resources/bin/sqlcodegen' '${link}'`,
  'after-remove': `rm -f '${link}'`,
};

/**
 * The scripts that dpkg runs: electron-builder's own (links, Chromium's sandbox, AppArmor), and the command line's
 * link besides.
 * @returns the files, to be given as `afterInstall` and `afterRemove`
 */
export function writeDebScripts(folder: string): { afterInstall: string; afterRemove: string } {
  const manifest = createRequire(import.meta.url).resolve('app-builder-lib/package.json');
  const templates = join(dirname(manifest), 'templates', 'linux');
  mkdirSync(folder, { recursive: true });
  const write = (name: keyof typeof additions): string => {
    const own = readFileSync(join(templates, `${name}.tpl`), 'utf8').trimEnd();
    const file = join(folder, `${name}.sh`);
    writeFileSync(file, `${own}\n\n# The command line is on everybody's path.\n${additions[name]}\n`, {
      mode: 0o755,
    });
    return file;
  };
  return { afterInstall: write('after-install'), afterRemove: write('after-remove') };
}
