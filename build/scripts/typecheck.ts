import { runCommand } from './run-command.ts';

/** One tsconfig a runtime: what a folder compiles with is what it may use. */
const projects = ['core/contract', 'core', 'electron', 'renderer', 'e2e', 'build'];
const atOnce = 2;

const queue = [...projects];
let failures = 0;

async function work(): Promise<void> {
  for (let project = queue.shift(); project; project = queue.shift()) {
    const { code, output } = await runCommand('tsc', ['-p', project, '--pretty', 'false']);
    if (code !== 0) {
      failures += 1;
      console.error(`${project}:\n${output.trim()}`);
    }
  }
}

await Promise.all(Array.from({ length: atOnce }, work));
console.log(
  failures === 0 ? `Types: ${projects.length} projects are sound.` : `Types: ${failures} projects failed.`,
);
process.exitCode = failures === 0 ? 0 : 1;
