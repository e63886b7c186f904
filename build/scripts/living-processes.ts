import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Whether it runs; a zombie has ended. */
export function isAlive(pid: number): boolean {
  const state = readProc(pid, 'stat').split(') ').at(-1)?.[0];
  return state !== undefined && state !== '' && state !== 'Z' && state !== 'X';
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

/** Living processes that have the folder as their working folder or in their command line, this one aside. */
export function findProcesses(folder: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.flatMap((name) => {
    const pid = Number(name);
    const command = readProc(pid, 'cmdline').replaceAll('\0', ' ');
    const isOurs = command.includes(folder) || workingFolder(pid).startsWith(folder);
    return isOurs && isAlive(pid) && !isAncestor(pid) ? [`${name} (${command.slice(0, 80)})`] : [];
  });
}

/** The shell or npm that was given the folder and waits for this. */
function isAncestor(pid: number): boolean {
  for (let at = process.ppid; at > 1; at = parentOf(at)) if (at === pid) return true;
  return false;
}

function parentOf(pid: number): number {
  return Number(readProc(pid, 'stat').split(') ').at(-1)?.split(' ')[1] ?? 0);
}

function workingFolder(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}
