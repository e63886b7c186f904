import { readdir, readFile } from 'node:fs/promises';

/** The most memory that a set of processes held at one time, in MiB; undefined where it cannot be measured. */
export interface MemoryMeter {
  stop(): Promise<number | undefined>;
}

/**
 * Samples the memory of processes and all their descendants. Shared pages count once (PSS: what each process shares
 * is divided among those that share it), so PostgreSQL's buffers are not counted for every one of its processes.
 * Linux only.
 * @param findRoots asked each time, because processes come and go
 * @param everyMs the pause between samples
 */
export function startMemoryMeter(findRoots: () => Promise<number[]>, everyMs = 200): MemoryMeter {
  let peakKiB = 0;
  let stopped = process.platform !== 'linux';
  const sampling = (async () => {
    while (!stopped) {
      const pids = listDescendants(await findRoots(), await readParents());
      const sizes = await Promise.all([...pids].map(readPssKiB));
      peakKiB = Math.max(
        peakKiB,
        sizes.reduce((sum, size) => sum + size, 0),
      );
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await sampling;
      return peakKiB === 0 ? undefined : peakKiB / 1024;
    },
  };
}

/** The parent of every process. */
async function readParents(): Promise<Map<number, number>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = new Map<number, number>();
  for (const pid of pids) {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // Behind the program's name, which stands in parentheses: state, parent, …
    const parent = Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
    if (parent > 0) parents.set(Number(pid), parent);
  }
  return parents;
}

function listDescendants(roots: number[], parents: Map<number, number>): Set<number> {
  const found = new Set(roots);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  return found;
}

async function readPssKiB(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0);
}
