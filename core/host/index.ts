export { startHost, type Host, type HostOptions } from './start-host.ts';
