import { join } from 'node:path';
import { AppError, type AppInfo, type CoreHandlers, type UpdateStatus } from '../contract/index.ts';
import { measurePlaces } from './measure-places.ts';
import { locateRunsDir, storeFile } from './app-paths.ts';

export type AppHandlers = Pick<CoreHandlers, Extract<keyof CoreHandlers, `app.${string}`>>;

/** How the app gets newer versions; only the packaged app has a way. */
export interface Updates {
  status(): UpdateStatus;
  /** Looks now and downloads what it finds. */
  check(): Promise<UpdateStatus>;
}

export interface AppHandlersDeps {
  info: AppInfo;
  datasetDir: string;
  updates: Updates | undefined;
  updatesAllowed(): boolean;
}

const unavailable: UpdateStatus = {
  state: 'unavailable',
  message: 'Only the packaged app brings updates; this one runs from its sources.',
};

/** What the app tells of itself. */
export function createAppHandlers({
  info,
  datasetDir,
  updates,
  updatesAllowed,
}: AppHandlersDeps): AppHandlers {
  const { dataDir } = info;
  const status = (): UpdateStatus => {
    const found = updates?.status() ?? unavailable;
    return found.state === 'unavailable' || updatesAllowed() ? found : { state: 'off' };
  };
  return {
    'app.info': async () => info,
    'app.places': () =>
      measurePlaces([
        { id: 'data', path: dataDir },
        { id: 'store', path: storeFile(dataDir) },
        { id: 'server', path: join(dataDir, 'postgres') },
        { id: 'models', path: join(dataDir, 'models') },
        { id: 'values', path: join(dataDir, 'values') },
        { id: 'evaluations', path: join(dataDir, 'evaluations') },
        { id: 'dataset', path: datasetDir },
        { id: 'runs', path: locateRunsDir(dataDir) },
      ]),
    'app.updateStatus': async () => status(),
    'app.checkForUpdates': async () => {
      if (status().state === 'off') {
        throw new AppError('PERMISSION_DENIED', 'Updates are switched off: nothing was asked.', {
          hint: 'Switch them on under Settings, Updates.',
        });
      }
      return updates?.check() ?? unavailable;
    },
  };
}
