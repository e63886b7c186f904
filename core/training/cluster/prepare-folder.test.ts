import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trainingDraftSchema, type ClusterKind } from '../../contract/index.ts';
import { locateStarterBase } from '../../models/index.ts';
import { readLaunch } from '../runs/launch-file.ts';
import { prepareFolder, type PrepareFolderDeps } from './prepare-folder.ts';
import { proposeShape } from './shape.ts';
import { slugOf, writeTaskFile } from './task-files.ts';

const trainerDir = join(import.meta.dirname, '../../../training');
const python = join(trainerDir, '.venv', 'bin', 'python');
const { signal } = new AbortController();
let root: string;

beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'cluster-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const deps = (): PrepareFolderDeps => ({
  plan: {
    datasetDir: root,
    bases: { starterBase: locateStarterBase(), baseModels: root },
    evaluateCommand: ['this-machine-only'],
    readVerified: async () => ({ examples: [], leftOut: [] }),
    readForbidden: async () => ({ questions: [], dbIds: [] }),
  },
  ...{ trainerDir, foldersDir: join(root, 'folders'), runsDir: join(root, 'my runs') },
  written: async (_, runId, runDir) => writeFileSync(join(runDir, 'dataset-version.json'), `"${runId}"`),
});

/** Of a new model, which is the smallest, or on a base. */
function draftOf(base: 'scratch' | 'starter', name = 'Shop & orders, v2') {
  const path = join(root, 'examples.jsonl');
  const line = (at: number) => ({
    prompt: `-- question ${at}: how many orders\n`,
    completion: `SELECT ${at}`,
  });
  writeFileSync(path, Array.from({ length: 40 }, (_, at) => `${JSON.stringify(line(at))}\n`).join(''));
  return trainingDraftSchema.parse({
    name,
    data: { sources: [{ kind: 'file', path }] },
    base: { kind: base },
    recipe: {
      ...(base === 'scratch'
        ? { preset: 'smoke', method: 'scratch' }
        : { preset: 'starter-lora', method: 'lora' }),
      changes: { maxSteps: 2, packsPerStep: 4 },
    },
    target: { kind: 'local' },
  });
}

const prepare = (kind: ClusterKind, base: 'scratch' | 'starter' = 'scratch', name?: string) =>
  prepareFolder(draftOf(base, name), kind, deps(), signal);

describe('a folder for several machines', () => {
  it('holds the run as it is started anywhere, the trainer and the files of all engines', async () => {
    const prepared = await prepare('slurm', 'starter');
    expect(prepared).toMatchObject({
      folder: join(root, 'folders', 'shop-orders-v2'),
      taskFile: 'slurm.sbatch',
    });
    expect(readdirSync(prepared.folder).toSorted()).toEqual([
      '.skyignore',
      'README.md',
      'run',
      'setup.sh',
      'skypilot.yaml',
      'slurm.sbatch',
      'torchrun.sh',
      'training',
    ]);
    const run = join(prepared.folder, 'run');
    const recipe = readFileSync(join(run, 'recipe.yaml'), 'utf8');
    // Nothing in it leads back to this machine, whatever the draft's target.
    expect(recipe).toMatch(/^ {2}path: "?base"?$/m);
    expect(recipe).not.toContain(root);
    expect(recipe).not.toContain('this-machine-only');
    expect(readFileSync(join(run, 'data', 'train.jsonl'), 'utf8').split('\n').length).toBeGreaterThan(30);
    expect(await readLaunch(run)).toMatchObject({ name: 'Shop & orders, v2', target: { kind: 'local' } });
    expect(readFileSync(join(run, 'dataset-version.json'), 'utf8')).toBe('"shop-orders-v2"');
    const weights = 'model.safetensors';
    expect(statSync(join(run, 'base', weights)).size).toBe(statSync(join(locateStarterBase(), weights)).size);
    expect(prepared.bytes).toBeGreaterThan(statSync(join(run, 'base', weights)).size);
    for (const name of ['train.py', 'launch.py', 'mirror.py', 'requirements.lock'])
      expect(existsSync(join(prepared.folder, 'training', name)), name).toBe(true);
    expect(existsSync(join(prepared.folder, 'training', 'tests'))).toBe(false);
  });

  it('says how it gets there and back, with paths that a shell reads as one word', async () => {
    const { folder, steps } = await prepare('slurm');
    const commands = steps.map(({ command }) => command);
    expect(commands).toContain(`rsync -a ${folder}/ HOST:shop-orders-v2/`);
    expect(commands).toContain("ssh HOST 'cd shop-orders-v2 && sbatch slurm.sbatch'");
    expect(commands.at(-1)).toBe(
      `rsync -a --link-dest=${folder}/run/ HOST:shop-orders-v2/run/ '${root}/my runs/shop-orders-v2/'`,
    );
    const readme = readFileSync(join(folder, 'README.md'), 'utf8');
    for (const command of commands) expect(readme).toContain(command ?? '');
  });

  it('is written anew, but not over a run that has begun, and not with the name of one that is here', async () => {
    const first = await prepare('torchrun');
    expect((await prepare('torchrun')).folder).toBe(first.folder);
    writeFileSync(join(first.folder, 'run', 'config.yaml'), '');
    expect((await prepare('torchrun')).folder).toBe(`${first.folder}-2`);
    mkdirSync(join(root, 'my runs', 'shop-orders-v2-2'), { recursive: true });
    expect((await prepare('torchrun')).folder).toBe(`${first.folder}-3`);
    expect(readdirSync(join(root, 'folders')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('a draft with nothing to learn leaves no folder', async () => {
    const draft = draftOf('scratch');
    writeFileSync(join(root, 'examples.jsonl'), '');
    await expect(prepareFolder(draft, 'slurm', deps(), signal)).rejects.toThrow();
    expect(existsSync(join(root, 'folders', 'shop-orders-v2'))).toBe(false);
  });

  it.skipIf(!existsSync(python))(
    `its script trains, with two processes${existsSync(python) ? '' : ': no training/.venv'}`,
    async () => {
      const { folder } = await prepare('torchrun', 'scratch', '2 processes');
      expect(folder).toBe(join(root, 'folders', 'run-2-processes'));
      const env = {
        PYTHON: python,
        NPROC_PER_NODE: '2',
        MASTER_PORT: String(await freePort()),
        OMP_NUM_THREADS: '1',
      };
      const { code, output } = await runScript(join(folder, 'torchrun.sh'), env);
      expect(code, output).toBe(0);
      const events = readFileSync(join(folder, 'run', 'events.jsonl'), 'utf8')
        .trim()
        .split('\n');
      const [started, ended] = [events.at(0), events.at(-1)].map(
        (line) => JSON.parse(line ?? '{}') as object,
      );
      expect(started).toMatchObject({ event: 'run_started', devices: 2, max_steps: 2 });
      expect(ended).toMatchObject({ event: 'run_finished', outcome: 'finished', step: 2 });
    },
    240_000,
  );
});

describe('task files', () => {
  const facts = {
    slug: 'shop',
    method: 'qlora',
    packsPerStep: 8,
    needsQuantizedBase: true,
    baseBytes: 15e9,
  } as const;

  it.each(['torchrun', 'slurm', 'skypilot', 'setup'] as const)(
    '%s: every mark is filled in',
    async (kind) => {
      const { text } = await writeTaskFile(kind, facts, trainerDir);
      expect(text).not.toMatch(/@[A-Z]+@/);
      expect(text.split('\n').every((line) => line.length <= 180)).toBe(true);
    },
  );

  it('ask for machines that share the packs of a step evenly', async () => {
    expect([1, 2, 3, 4, 6, 8, 16].map(proposeShape)).toEqual(
      [
        [1, 1],
        [2, 1],
        [1, 3],
        [2, 2],
        [2, 3],
        [2, 4],
        [2, 4],
      ].map(([nodes, gpusPerNode]) => ({ nodes, gpusPerNode })),
    );
    const slurm = await writeTaskFile('slurm', facts, trainerDir);
    expect(slurm.text).toContain('#SBATCH --nodes=2\n');
    expect(slurm.text).toContain('#SBATCH --gpus-per-node=4\n');
    const sky = await writeTaskFile('skypilot', facts, trainerDir);
    expect(sky.text).toContain('accelerators: {L4: 4, A10G: 4, A100: 4}');
    expect((await writeTaskFile('setup', facts, trainerDir)).text).toContain(
      'lock=training/requirements-qlora.lock',
    );
  });

  it('Bash reads the scripts', async () => {
    for (const kind of ['torchrun', 'slurm', 'setup'] as const) {
      const { fileName, text } = await writeTaskFile(kind, facts, trainerDir);
      writeFileSync(join(root, fileName), text);
      expect(await runScript('-n', {}, [join(root, fileName)])).toEqual({ code: 0, output: '' });
    }
  });

  it('names are such as Slurm, SkyPilot and buckets take', () => {
    expect(['Shop & orders', '7B run', 'Äpfel', '...', 'x'.repeat(80)].map(slugOf)).toEqual([
      'shop-orders',
      'run-7b-run',
      'apfel',
      'run',
      'x'.repeat(40),
    ]);
  });
});

function runScript(script: string, env: Record<string, string>, more: string[] = []) {
  return new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    const child = spawn('bash', [script, ...more], { env: { ...process.env, ...env } });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
