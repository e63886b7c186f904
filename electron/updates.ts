import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { admitRequest, type Updates } from '../core/app/index.ts';
import { AppError, type UpdateStatus } from '../core/contract/index.ts';

/** The part of electron-updater that is used. */
export interface Updater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  checkForUpdates(): Promise<{ isUpdateAvailable: boolean; updateInfo: { version: string } } | null>;
  downloadUpdate(): Promise<unknown>;
}

export interface UpdatesOptions {
  version: string;
  /** Folder of the packaged app's resources. */
  resourcesDir: string;
  packaged: boolean;
  /** Loaded with the first look, never before: an app that does not look has no updater in memory. */
  loadUpdater?: () => Promise<Updater>;
}

const firstLookMs = 30_000;
const lookEveryMs = 24 * 3_600_000;

/**
 * Newer versions by electron-updater. Nothing is asked until `check` is called, which the core allows only where the
 * user has turned updates on; each look passes the gate of core/network first.
 */
export function createUpdates({ version, ...options }: UpdatesOptions): Updates {
  const place = options.packaged ? readUpdatePlace(options.resourcesDir) : undefined;
  let status: UpdateStatus = place ? { state: 'idle' } : describeUnavailable(options.packaged);
  let looking: Promise<UpdateStatus> | undefined;

  async function look(at: URL): Promise<UpdateStatus> {
    status = { ...status, state: 'checking' };
    const checkedAt = new Date().toISOString();
    try {
      const updater = await (options.loadUpdater ?? loadElectronUpdater)();
      const found = await admitted(at, `version after ${version}`, () => updater.checkForUpdates());
      if (!found?.isUpdateAvailable) return (status = { state: 'current', checkedAt });
      const newer = found.updateInfo.version;
      status = { state: 'downloading', version: newer, checkedAt };
      await admitted(at, `version ${newer}`, () => updater.downloadUpdate());
      return (status = { state: 'ready', version: newer, checkedAt });
    } catch (error) {
      const { message, hint } = AppError.from(error);
      return (status = { state: 'failed', checkedAt, message: hint ? `${message} ${hint}` : message });
    }
  }

  return {
    status: () => status,
    async check() {
      if (!place || status.state === 'ready') return status;
      return (looking ??= look(place).finally(() => (looking = undefined)));
    },
  };
}

/** Looks half a minute after the start and then once a day, as long as the user wants it. @returns stops it */
export function lookRegularly(check: () => Promise<unknown>): () => void {
  // The core refuses while updates are off; that is no failure of anything.
  const look = () => void check().catch(() => undefined);
  const first = setTimeout(look, firstLookMs);
  const daily = setInterval(look, lookEveryMs);
  return () => {
    clearTimeout(first);
    clearInterval(daily);
  };
}

/** One request to the update's host: let through or refused, and written down. */
async function admitted<T>(at: URL, initiator: string, ask: () => Promise<T>): Promise<T> {
  const port = Number(at.port) || (at.protocol === 'http:' ? 80 : 443);
  const request = admitRequest({ host: at.hostname, port, purpose: 'update', method: 'GET', initiator });
  try {
    const answer = await ask();
    request.end({ outcome: 'succeeded' });
    return answer;
  } catch (error) {
    request.end({ outcome: 'failed', message: AppError.from(error).message });
    throw error;
  }
}

/** electron-builder writes the address into app-update.yml where it was given one. */
function readUpdatePlace(resourcesDir: string): URL | undefined {
  try {
    const text = readFileSync(join(resourcesDir, 'app-update.yml'), 'utf8');
    const [, url = ''] = /^url:\s*["']?([^"'\s]+)/m.exec(text) ?? [];
    return URL.parse(url) ?? undefined;
  } catch {
    return undefined;
  }
}

function describeUnavailable(packaged: boolean): UpdateStatus {
  const message = packaged
    ? 'This package was built without an address to look for updates.'
    : 'Only the packaged app brings updates; this one runs from its sources.';
  return { state: 'unavailable', message };
}

async function loadElectronUpdater(): Promise<Updater> {
  const { autoUpdater } = (await import('electron-updater')).default;
  autoUpdater.autoDownload = false;
  autoUpdater.autoInstallOnAppQuit = true;
  autoUpdater.logger = null;
  return autoUpdater;
}
