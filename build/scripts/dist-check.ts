import { extractAll } from '@electron/asar';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFaults } from '../packaging/check/check-contents.ts';
import { checkPlan, checkTraining } from '../packaging/check/check-training.ts';
import { findMissingModules, readArchive, readFolder } from '../packaging/check/read-packed.ts';
import { fetchPage, loadPackages, runCommandLine, type PackedApp } from '../packaging/check/run-packed.ts';
import { formatSizes } from '../packaging/check/size-table.ts';
import { writeStandInElectron } from '../packaging/check/stand-in-electron.ts';
import type { PackageTarget } from '../packaging/native-files.ts';
import { packApp } from '../packaging/pack.ts';
import { buildAll, externalPackagesFile } from './build-app.ts';

const question = 'How many customers are there?';

/** Packs into `folder` with a stand-in for Electron. @returns the folder of the packed app */
async function pack(folder: string, target: PackageTarget): Promise<string> {
  const electronDist = join(folder, 'electron');
  writeStandInElectron(electronDist);
  await packApp({ target, dirOnly: true, outputDir: join(folder, 'packages'), electronDist });
  const suffix = target.arch === 'x64' ? '' : `-${target.arch}`;
  return join(folder, 'packages', `linux${suffix}-unpacked`);
}

/** Plain Node knows no archives: what Electron reads through one lies in a folder of the archive's name. */
function layOut(packed: string): void {
  const archive = join(packed, 'resources', 'app.asar');
  extractAll(archive, `${archive}.folder`);
  rmSync(archive);
  renameSync(`${archive}.folder`, archive);
}

async function checkContents(packed: string, target: PackageTarget): Promise<string[]> {
  const resources = join(packed, 'resources');
  const own = await readArchive(join(resources, 'app.asar'));
  const trainer = readFolder(join(resources, 'training'), 'training');
  console.log(`${formatSizes([...own, ...trainer])}\n`);
  const tests = trainer.filter(({ path }) => /(^|\/)tests?\/|test_|results\//.test(path));
  return [
    ...findFaults(own, target),
    ...tests.map(({ path }) => `${path} is a test or a result of the trainer.`),
    ...(trainer.some(({ path }) => path === 'training/train.py') ? [] : ['training/train.py is missing.']),
    ...findMissingModules(trainer, (path) => readFileSync(join(resources, path), 'utf8')),
  ];
}

/** Uses the app: its own database, its own model, its page, its quantizer. */
async function checkRunning(app: PackedApp): Promise<string[]> {
  const names = JSON.parse(readFileSync(externalPackagesFile, 'utf8')) as string[];
  const model = join(app.folder, 'resources', 'app.asar.unpacked', 'data', 'models', 'starter.gguf');
  return [
    ...(await step('packages load', () => loadPackages(app, names))),
    ...(await step('a question is answered', () => checkQuestion(app))),
    ...(await step('a model is quantized', () => checkQuantizer(app, model))),
    ...(await step('the page is served', () => fetchPage(app))),
    ...(await step('a training run is planned', () => checkPlan(app))),
    ...(await step('a model is trained and exported', async () => (await checkTraining(app)) ?? [])),
  ];
}

async function step(name: string, check: () => Promise<string[]>): Promise<string[]> {
  const startedAt = performance.now();
  const faults = await check().catch((error: unknown) => [String(error)]);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.log(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  return faults;
}

async function checkQuestion(app: PackedApp): Promise<string[]> {
  const asked = await runCommandLine(app, ['ask', question, '--db', 'demo:ecommerce', '--json']);
  if (asked.code !== 0) return [`ask ended with ${asked.code}: ${asked.err}${asked.out}`];
  const { rows, sql, model } = JSON.parse(asked.out) as { rows: unknown[][]; sql: string; model: string };
  console.log(`     ${question} ${JSON.stringify(rows)} by ${model}: ${sql.replaceAll(/\s+/g, ' ')}`);
  return rows.length === 1 && Number(rows[0]?.[0]) > 0 ? [] : [`The answer was ${JSON.stringify(rows)}.`];
}

async function checkQuantizer(app: PackedApp, model: string): Promise<string[]> {
  const args = ['models', 'quantize', model, '--type', 'Q8_0', '--allow-requantize'];
  const out = join(app.dataDir, 'requantized.gguf');
  const ended = await runCommandLine(app, [...args, '--out', out, '--json']);
  return ended.code === 0 ? [] : [`models quantize ended with ${ended.code}: ${ended.err}`];
}

/**
 * Packs the app of this platform and tests what came out. Needs no network and no Electron.
 * @returns every fault, as a sentence
 */
async function checkDistribution(folder: string): Promise<string[]> {
  const target: PackageTarget = { platform: 'linux', arch: process.arch === 'arm64' ? 'arm64' : 'x64' };
  const packed = await pack(folder, target);
  const contents = await checkContents(packed, target);
  layOut(packed);
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir);
  return [...contents, ...(await checkRunning({ folder: packed, dataDir }))];
}

if (process.platform !== 'linux') {
  console.log('Skipped: the stand-in for Electron is one for Linux.');
} else {
  if (!process.argv.includes('--no-build')) await buildAll();
  const folder = mkdtempSync(join(tmpdir(), 'sqlcodegen-dist-'));
  try {
    const faults = await checkDistribution(folder);
    for (const fault of faults.slice(0, 50)) console.error(`FAULT ${fault}`);
    console.log(faults.length === 0 ? 'The packed app is whole.' : `${faults.length} faults.`);
    process.exitCode = faults.length === 0 ? 0 : 1;
    if (process.argv.includes('--keep'))
      cpSync(folder, `${folder}-kept`, { recursive: true, verbatimSymlinks: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
