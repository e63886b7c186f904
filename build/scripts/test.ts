import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './build-app.ts';
import {
  addCounts,
  countJunit,
  countPlaywright,
  countVitest,
  formatCounts,
  nothing,
  withExitCode,
  type Counts,
} from './count-results.ts';
import { ensureBrowser } from './ensure-browser.ts';
import { ensureSshd } from './ensure-sshd.ts';
import { root, runCommand } from './run-command.ts';
import { prepareTraining, testTraining } from './test-training.ts';

const reportsDir = join(root, 'dist', 'test-reports');
/** For what hangs: three times what the longest took on two cores. */
const runnerLimitMs = 2_700_000;

function heading(text: string): void {
  console.log(`\n== ${text}`);
}

/** Checks are no tests: one that passes adds nothing to the sum, one that fails makes the run fail. */
async function check(name: string, command: string, args: string[]): Promise<Counts> {
  const { code, output } = await runCommand(command, args, { timeoutMs: runnerLimitMs });
  console.log(code === 0 ? `check ${name}: passed` : `check ${name}: FAILED\n${output.trim()}`);
  return code === 0 ? nothing : { ...nothing, failed: 1 };
}

/** The checks compute while what the tests need is fetched: on a fresh machine each takes some minutes. */
async function runChecks(): Promise<Counts> {
  heading('Checks');
  const [counts] = await Promise.all([
    Promise.all([
      check('types', process.execPath, [join('build', 'scripts', 'typecheck.ts')]),
      check('lint', 'eslint', ['.', '--max-warnings', '0']),
      check('format', 'prettier', ['--check', '--log-level', 'warn', '.']),
    ]),
    prepareTraining(),
    fetchPrograms(),
  ]);
  return addCounts(counts);
}

/** One after the other: both may need apt-get. The steps that use them say what is missing. */
async function fetchPrograms(): Promise<void> {
  await ensureSshd(console.log);
  await ensureBrowser(console.log);
}

async function runVitest(): Promise<Counts> {
  heading('Unit and contract tests (Vitest)');
  // Those that train are skipped without it, and say so; pytest's own step then fails where it should not be missing.
  const obstacle = await prepareTraining();
  if (obstacle) console.log(`Tests that train are skipped: ${obstacle.reason}`);
  const sshd = await ensureSshd(console.log);
  console.log(sshd.kind === 'ready' ? `sshd: ${sshd.path} (${sshd.how})` : sshd.advice);
  const file = join(reportsDir, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { code } = await runCommand('vitest', ['run', ...reporters], {
    live: true,
    timeoutMs: runnerLimitMs,
  });
  return withExitCode(
    readReport(file, (text) => countVitest(JSON.parse(text))),
    code,
  );
}

async function runTraining(): Promise<Counts> {
  heading('Trainer (pytest)');
  const result = await testTraining();
  if (result.kind === 'ran') return withExitCode(readReport(result.junitFile, countJunit), result.code);
  console.log(result.reason);
  if (result.kind === 'failed') return { ...nothing, failed: 1 };
  return { ...nothing, skipped: countTrainerTests() };
}

/** How many tests are skipped where there is no Python: one a function. */
function countTrainerTests(): number {
  const files = globSync('training/tests/**/test_*.py', { cwd: root });
  const texts = files.map((file) => readFileSync(join(root, file), 'utf8'));
  return texts.reduce((total, text) => total + (text.match(/^\s*def test_/gm)?.length ?? 0), 0);
}

/** What `npm run build` makes: its first screen is small, and packed it runs by itself. The next step uses it too. */
async function checkBuilt(): Promise<Counts> {
  heading('Built app');
  await buildAll();
  return addCounts([
    await check('size of the first screen', 'size-limit', []),
    await check('packed app', process.execPath, [join('build', 'scripts', 'dist-check.ts'), '--no-build']),
  ]);
}

async function runPlaywright(): Promise<Counts> {
  heading('End to end (Playwright)');
  const browser = await ensureBrowser(console.log);
  if (browser.kind === 'missing') {
    console.log(browser.advice);
    return { ...nothing, failed: 1 };
  }
  console.log(`Chromium: ${browser.path} (${browser.how})`);
  const file = join(reportsDir, 'playwright.json');
  const { code } = await runCommand(
    'playwright',
    ['test', '-c', join('e2e', 'playwright.config.ts'), '--reporter=list,json'],
    {
      live: true,
      timeoutMs: runnerLimitMs,
      env: { SQLCODEGEN_CHROMIUM: browser.path, PLAYWRIGHT_JSON_OUTPUT_FILE: file },
    },
  );
  return withExitCode(
    readReport(file, (text) => countPlaywright(JSON.parse(text))),
    code,
  );
}

function readReport(file: string, count: (text: string) => Counts): Counts | undefined {
  if (!existsSync(file)) return undefined;
  return count(readFileSync(file, 'utf8'));
}

/** One runner's trouble must not hide what the others found. */
async function contain(run: () => Promise<Counts>): Promise<Counts> {
  try {
    return await run();
  } catch (error) {
    console.error(error);
    return { ...nothing, failed: 1 };
  }
}

rmSync(reportsDir, { recursive: true, force: true });
mkdirSync(reportsDir, { recursive: true });
const results: Counts[] = [];
for (const run of [runChecks, runVitest, runTraining, checkBuilt, runPlaywright])
  results.push(await contain(run));
const total = addCounts(results);
console.log(`\n${formatCounts(total)}`);
process.exitCode = total.failed === 0 ? 0 : 1;
