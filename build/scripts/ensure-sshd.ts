import { existsSync } from 'node:fs';
import { runCommand } from './run-command.ts';

const aptLimitMs = 300_000;

export type SshdResult = { kind: 'ready'; path: string; how: string } | { kind: 'missing'; advice: string };

/**
 * Finds OpenSSH's server for the tests of training over SSH, and installs Debian's package where there is none. They start
 * one of their own on loopback, with its own keys: the system's is not used, nor started.
 */
export async function ensureSshd(log: (text: string) => void): Promise<SshdResult> {
  const present = findSshd();
  if (present) return { kind: 'ready', path: present, how: 'found' };
  if (existsSync('/usr/bin/apt-get')) {
    log("No sshd is here yet: installing Debian's openssh-server …");
    await installDebianSshd();
  }
  const installed = findSshd();
  if (installed) return { kind: 'ready', path: installed, how: 'installed with apt-get' };
  return {
    kind: 'missing',
    advice:
      'No sshd was found and none could be installed: tests of training over SSH are skipped. Install openssh-server.',
  };
}

function findSshd(): string | undefined {
  return ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'].find((path) => existsSync(path));
}

async function installDebianSshd(): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  const prefix = isRoot ? [] : ['sudo', '-n'];
  const apt = (...args: string[]) => {
    // In the environment of apt's own scripts, which sudo would clear: no service is to be asked about.
    const [command = '', ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
    return runCommand(command, rest, { timeoutMs: aptLimitMs });
  };
  await apt('update');
  // The client brings ssh-keygen and ssh-agent.
  await apt('install', '-y', '--no-install-recommends', 'openssh-server', 'openssh-client');
}

if (import.meta.main) {
  const sshd = await ensureSshd((text) => console.error(text));
  console.log(sshd.kind === 'ready' ? sshd.path : sshd.advice);
  process.exitCode = sshd.kind === 'ready' ? 0 : 1;
}
