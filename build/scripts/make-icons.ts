import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { appleSizes, encodeIcns, encodeIco, windowsSizes, type IconPng } from '../packaging/icon-files.ts';
import { ensureBrowser } from './ensure-browser.ts';
import { root } from './run-command.ts';

/** What Linux desktops look for, besides. */
const linuxSizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
const iconsDir = join(root, 'build', 'icons');

/** The app's icon, drawn by a browser in every size that a platform asks for. */
async function drawIcons(svg: string, sizes: readonly number[]): Promise<IconPng[]> {
  const found = await ensureBrowser(console.error);
  if (found.kind === 'missing') throw new Error(found.advice);
  const browser = await chromium.launch({
    executablePath: found.path,
    args: process.getuid?.() === 0 ? ['--no-sandbox', '--disable-gpu'] : ['--disable-gpu'],
  });
  try {
    const page = await browser.newPage();
    const icons: IconPng[] = [];
    for (const size of sizes) {
      await page.setViewportSize({ width: size, height: size });
      const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
      await page.setContent(
        `<style>html,body{margin:0;background:transparent}img{display:block;width:${size}px;height:${size}px}</style><img src="${source}">`,
      );
      await page.waitForFunction("document.querySelector('img')?.complete");
      icons.push({ size, png: await page.screenshot({ omitBackground: true }) });
    }
    return icons;
  } finally {
    await browser.close();
  }
}

const svg = readFileSync(join(root, 'renderer', 'public', 'icon.svg'), 'utf8');
const sizes = [...new Set([...linuxSizes, ...appleSizes, ...windowsSizes])].toSorted((a, b) => a - b);
const icons = await drawIcons(svg, sizes);
mkdirSync(join(iconsDir, 'png'), { recursive: true });
for (const { size, png } of icons.filter((icon) => linuxSizes.includes(icon.size))) {
  writeFileSync(join(iconsDir, 'png', `${size}x${size}.png`), png);
}
writeFileSync(join(iconsDir, 'icon.icns'), encodeIcns(icons));
writeFileSync(join(iconsDir, 'icon.ico'), encodeIco(icons));
console.log(`Wrote ${sizes.length} sizes, icon.icns and icon.ico into build/icons.`);
