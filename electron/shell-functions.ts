import { extname } from 'node:path';
import { dialog, ipcMain, shell, type IpcMainInvokeEvent } from 'electron';
import { z } from 'zod';
import { shellChannels, type HostInfo } from '../core/contract/index.ts';
import { isOwnUrl } from './app-protocol.ts';
import { openHttps } from './lock-contents.ts';

const pickPathSchema = z.object({
  kind: z.enum(['file', 'folder']),
  title: z.string().max(200),
  extensions: z.array(z.string().regex(/^[a-z0-9.]+$/i)).optional(),
});

const pickSavePathSchema = z.object({
  title: z.string().max(200),
  // A name, not a path: the dialog decides about the folder.
  fileName: z
    .string()
    .max(200)
    .regex(/^[^/\\\0]+$/),
});

/** Answers what the preload passes on. Every input is checked, and every sender is one of our own pages. */
export function offerShellFunctions(): void {
  handle(shellChannels.pickPath, pickPathSchema, async ({ kind, title, extensions }) => {
    const { canceled, filePaths } = await dialog.showOpenDialog({
      title,
      properties: [kind === 'file' ? 'openFile' : 'openDirectory'],
      filters: extensions ? [{ name: extensions.join(', '), extensions }] : [],
    });
    return canceled ? null : (filePaths[0] ?? null);
  });
  handle(shellChannels.pickSavePath, pickSavePathSchema, async ({ title, fileName }) => {
    const extension = extname(fileName).slice(1);
    const { canceled, filePath } = await dialog.showSaveDialog({
      title,
      defaultPath: fileName,
      filters: extension ? [{ name: extension.toUpperCase(), extensions: [extension] }] : [],
    });
    return canceled || !filePath ? null : filePath;
  });
  handle(shellChannels.revealPath, z.string(), (path) => shell.showItemInFolder(path));
  handle(shellChannels.openExternal, z.string(), async (url) => {
    if (!(await openHttps(url)))
      throw new Error('Only https addresses, and those of this machine, are opened.');
  });
  handle(shellChannels.hostInfo, z.undefined(), (): HostInfo => {
    const { electron = '', chrome = '', node } = process.versions;
    return { kind: 'electron', platform: process.platform, versions: { electron, chrome, node } };
  });
}

function handle<T>(channel: string, schema: z.ZodType<T>, answer: (input: T) => unknown): void {
  ipcMain.handle(channel, (event: IpcMainInvokeEvent, input: unknown) => {
    if (!event.senderFrame || !isOwnUrl(event.senderFrame.url))
      throw new Error('Another page may not ask this.');
    return answer(schema.parse(input));
  });
}
