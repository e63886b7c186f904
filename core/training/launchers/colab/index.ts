export { createColabLauncher, type ColabLauncherDeps } from './colab-launcher.ts';
export { buildNotebook, type NotebookOptions } from './notebook.ts';
export { hashBootstrap, notebookName } from './prepare-run.ts';
