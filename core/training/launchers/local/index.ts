export { createLocalLauncher, ownPythonOf, type LocalLauncherDeps } from './create-local-launcher.ts';
export { readProcess } from './process-record.ts';
