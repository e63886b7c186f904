import { readFileSync } from 'node:fs';

/** Names this process, also after its id has gone to another one where the system tells when a process began. */
export const thisProcess: string = describeProcess(process.pid);

/** Whether the process that wrote this name still runs. */
export function isOwnerRunning(owner: string): boolean {
  const pid = Number(owner.split(' ')[0]);
  return Number.isInteger(pid) && pid > 0 && isRunning(pid) && describeProcess(pid) === owner;
}

function describeProcess(pid: number): string {
  return `${pid} ${readStartTime(pid)}`;
}

/** In clock ticks since boot. Linux only, else empty: there a process is known by its id alone. */
function readStartTime(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, and may hold spaces; the start time is the 22nd field.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  } catch {
    return '';
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
