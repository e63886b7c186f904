import { describe, expect, it, vi } from 'vitest';
import { menuTemplate } from './menu.ts';

const rolesOf = (platform: NodeJS.Platform, packaged = true) => {
  const template = menuTemplate({ platform, packaged, revealDataDir: () => undefined });
  const below = template.flatMap((item) => (Array.isArray(item.submenu) ? item.submenu : []));
  return [...template, ...below].map((item) => item.role);
};

describe('the application menu', () => {
  it('has what every application has', () => {
    expect(rolesOf('linux')).toEqual(
      expect.arrayContaining(['editMenu', 'windowMenu', 'quit', 'zoomIn', 'reload']),
    );
    expect(rolesOf('darwin')).toEqual(expect.arrayContaining(['appMenu', 'editMenu', 'close']));
    expect(rolesOf('darwin')).not.toContain('quit');
  });

  it('keeps developer tools out of the packaged app', () => {
    expect(rolesOf('linux', true)).not.toContain('toggleDevTools');
    expect(rolesOf('linux', false)).toContain('toggleDevTools');
  });

  it('shows the data folder', () => {
    const revealDataDir = vi.fn();
    const [file] = menuTemplate({ platform: 'linux', packaged: true, revealDataDir });
    const item = Array.isArray(file?.submenu) ? file.submenu[0] : undefined;
    (item?.click as (() => void) | undefined)?.();
    expect(revealDataDir).toHaveBeenCalledOnce();
  });
});
