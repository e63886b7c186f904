import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a process holds at one moment. */
export interface ProcessUse {
  rssBytes: number;
  heapBytes: number;
  /** Open file descriptors, on Linux; elsewhere null. */
  files: number | null;
  /** What keeps Node alive: sockets, timers, requests in flight. Connections to PostgreSQL are among the sockets. */
  handles: number;
  sockets: number;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** After a collection, so that what is garbage does not count as growth. */
export function readUse(): ProcessUse {
  collectGarbage();
  const { rss, heapUsed } = process.memoryUsage();
  const active = process.getActiveResourcesInfo();
  return {
    ...{ rssBytes: rss, heapBytes: heapUsed, files: countFiles() },
    handles: active.filter((name) => name !== 'Immediate' && name !== 'Timeout').length,
    sockets: active.filter((name) => /TCP|Pipe/.test(name)).length,
  };
}

function countFiles(): number | null {
  if (process.platform !== 'linux') return null;
  // One of them is the folder that is being read.
  return readdirSync('/proc/self/fd').length - 1;
}
