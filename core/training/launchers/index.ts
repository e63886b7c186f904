import { AppError, type TrainingTarget } from '../../contract/index.ts';
import type { Launcher } from './launcher.ts';

export { createLocalLauncher } from './local/index.ts';
export { folderNameOf } from './launcher.ts';
export type { LaunchContext, LaunchedRun, Launcher, ProcessStatus } from './launcher.ts';

/** One for each kind of place; a kind that is absent cannot be trained at. */
export type Launchers = Partial<Record<TrainingTarget['kind'], Launcher>>;

/** @throws AppError INVALID_INPUT */
export function launcherOf(launchers: Launchers, { kind }: TrainingTarget): Launcher {
  const launcher = launchers[kind];
  if (launcher) return launcher;
  throw new AppError('INVALID_INPUT', `This version of the app cannot train on ${placeNames[kind]}.`, {
    hint: 'Choose this machine.',
  });
}

const placeNames: Record<TrainingTarget['kind'], string> = {
  local: 'this machine',
  ssh: 'an SSH host',
  colab: 'Colab',
};
