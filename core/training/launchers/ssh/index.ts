export { createHostHandlers, type HostHandlers } from './host-handlers.ts';
export { createSshHosts, type SecretKeeper, type SshHosts, type SshHostsDeps } from './hosts.ts';
export { createSshLauncher, type SshLauncherDeps } from './ssh-launcher.ts';
