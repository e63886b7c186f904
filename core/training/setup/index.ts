export { createSetupHandlers, type SetupDeps, type SetupHandlers } from './setup-handlers.ts';
export { readMachine, type MachineDeps } from './read-machine.ts';
export { expectMachine } from './judge-host.ts';
