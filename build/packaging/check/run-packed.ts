import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A packed app laid out as it is installed, and a data folder of its own. */
export interface PackedApp {
  /** The folder with the program and `resources`. */
  folder: string;
  dataDir: string;
}

interface Ended {
  code: number;
  out: string;
  err: string;
}

const limitMs = 120_000;

/** Only what a freshly started program has: nothing of the checkout, and no network's proxy. */
function cleanEnv({ dataDir }: PackedApp): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  return { PATH, HOME, TMPDIR, LANG, SQLCODEGEN_DATA_DIR: dataDir };
}

/** Runs `sqlcodegen` as its launcher does. @param timeout milliseconds, defaults to two minutes */
export async function runCommandLine(
  app: PackedApp,
  args: string[],
  { timeout = limitMs }: { timeout?: number } = {},
): Promise<Ended> {
  const launcher = join(app.folder, 'resources', 'bin', 'sqlcodegen');
  const child = spawn(launcher, args, { env: cleanEnv(app), cwd: app.dataDir, timeout });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? 1, out, err };
}

/** Loads every package that the programs ask for. @returns the names that cannot be loaded, with the reason */
export async function loadPackages(app: PackedApp, names: readonly string[]): Promise<string[]> {
  const program = `const failed = [];
    for (const name of ${JSON.stringify(names)}) {
      try { await import(name); } catch (error) { failed.push(name + ' cannot be loaded: ' + error.message); }
    }
    console.log(JSON.stringify(failed)); process.exit();`;
  const cwd = join(app.folder, 'resources', 'app.asar');
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { env: cleanEnv(app), cwd });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  await once(child, 'close');
  return JSON.parse(out) as string[];
}

/** Serves the page to a browser and fetches what a browser would first. @returns what was wrong */
export async function fetchPage(app: PackedApp): Promise<string[]> {
  const launcher = join(app.folder, 'resources', 'bin', 'sqlcodegen');
  const child = spawn(launcher, ['serve', '--no-open'], { env: cleanEnv(app), cwd: app.dataDir });
  try {
    let said = '';
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        const [found] = /http:\S+/.exec(said) ?? [];
        if (found) resolve(found);
      });
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      child.on('close', () => reject(new Error(`serve ended: ${said}`)));
    });
    return await readPage(url);
  } finally {
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    await ended;
  }
}

async function readPage(url: string): Promise<string[]> {
  const entry = await fetch(url, { redirect: 'manual' });
  const cookie = entry.headers.get('set-cookie')?.split(';')[0] ?? '';
  const page = await fetch(new URL('/', url), { headers: { cookie } });
  const html = await page.text();
  const assets = [...html.matchAll(/(?:src|href)="\.?\/?([^"]+\.(?:js|css))"/g)].map(
    ([, path]) => path ?? '',
  );
  const faults =
    page.status === 200 && assets.length > 1
      ? []
      : [`The page answers ${page.status}: ${html.slice(0, 200)}`];
  for (const path of assets) {
    const { status } = await fetch(new URL(`/${path}`, url), { headers: { cookie } });
    if (status !== 200) faults.push(`${path} answers ${status}.`);
  }
  return faults;
}
