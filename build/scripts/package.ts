import { parseArgs } from 'node:util';
import type { PackageTarget } from '../packaging/native-files.ts';
import { packApp } from '../packaging/pack.ts';
import { readSigning } from '../packaging/signing.ts';
import { buildAll } from './build-app.ts';

const usage = 'npm run package -- [--platform linux|darwin|win32] [--arch x64,arm64] [--dir]';

function listTargets(platform: string, archs: string): PackageTarget[] {
  if (platform !== 'linux' && platform !== 'darwin' && platform !== 'win32') throw new Error(usage);
  return archs.split(',').map((arch) => {
    if (arch !== 'x64' && arch !== 'arm64') throw new Error(usage);
    return { platform, arch };
  });
}

const { values } = parseArgs({
  options: {
    platform: { type: 'string', default: process.platform },
    arch: { type: 'string', default: process.arch },
    dir: { type: 'boolean', default: false },
  },
});
await buildAll();
for (const target of listTargets(values.platform, values.arch)) {
  console.log(`${target.platform} ${target.arch}. ${readSigning(target.platform).note}`);
  if (!process.env['SQLCODEGEN_UPDATE_URL'])
    console.log('SQLCODEGEN_UPDATE_URL is not set: this package knows no place to look for updates.');
  for (const file of await packApp({ target, dirOnly: values.dir })) console.log(file);
}
