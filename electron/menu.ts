import type { MenuItemConstructorOptions } from 'electron';

export interface MenuActions {
  revealDataDir(): void;
}

export interface MenuOptions extends MenuActions {
  platform: NodeJS.Platform;
  /** Developer tools are for those who run the app from its sources. */
  packaged: boolean;
}

/** The application menu. Roles bring their own labels, shortcuts and behaviour. */
export function menuTemplate({ platform, packaged, ...actions }: MenuOptions): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  return [
    ...(isMac ? [{ role: 'appMenu' } satisfies MenuItemConstructorOptions] : []),
    {
      label: '&File',
      submenu: [
        { label: 'Show data folder', click: actions.revealDataDir },
        { type: 'separator' },
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    { label: '&View', submenu: viewItems(packaged) },
    { role: 'windowMenu' },
  ];
}

function viewItems(packaged: boolean): MenuItemConstructorOptions[] {
  return [
    { role: 'reload' },
    ...(packaged ? [] : [{ role: 'toggleDevTools' } satisfies MenuItemConstructorOptions]),
    { type: 'separator' },
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
  ];
}
