/** A square picture as PNG. */
export interface IconPng {
  /** Edge in pixels. */
  size: number;
  png: Buffer;
}

/** Apple's four-letter names of PNG entries, by the edge in pixels; the @2x ones repeat a size. */
const appleTypes: readonly [type: string, size: number][] = [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic13', 256],
  ['ic09', 512],
  ['ic14', 512],
  ['ic10', 1024],
];

/** Edges that an .icns needs. */
export const appleSizes = [...new Set(appleTypes.map(([, size]) => size))];

/** Edges that an .ico needs: what Windows shows from the task bar to the desktop. */
export const windowsSizes = [16, 24, 32, 48, 64, 128, 256];

/** An .icns: a header and one entry a size, each a PNG. @throws Error where a size is missing */
export function encodeIcns(icons: readonly IconPng[]): Buffer {
  const entries = appleTypes.map(([type, size]) => {
    const png = findIcon(icons, size);
    const head = Buffer.alloc(8);
    head.write(type, 0, 'ascii');
    head.writeUInt32BE(png.length + 8, 4);
    return Buffer.concat([head, png]);
  });
  const body = Buffer.concat(entries);
  const head = Buffer.alloc(8);
  head.write('icns', 0, 'ascii');
  head.writeUInt32BE(body.length + 8, 4);
  return Buffer.concat([head, body]);
}

/** An .ico: a directory and one PNG a size (Windows Vista and later). @throws Error where a size is missing */
export function encodeIco(icons: readonly IconPng[]): Buffer {
  const pngs = windowsSizes.map((size) => ({ size, png: findIcon(icons, size) }));
  const head = Buffer.alloc(6);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(pngs.length, 4);
  let offset = head.length + 16 * pngs.length;
  const directory = pngs.map(({ size, png }) => {
    const entry = Buffer.alloc(16);
    // 0 stands for 256.
    entry.writeUInt8(size % 256, 0);
    entry.writeUInt8(size % 256, 1);
    entry.writeUInt16LE(1, 4);
    entry.writeUInt16LE(32, 6);
    entry.writeUInt32LE(png.length, 8);
    entry.writeUInt32LE(offset, 12);
    offset += png.length;
    return entry;
  });
  return Buffer.concat([head, ...directory, ...pngs.map(({ png }) => png)]);
}

function findIcon(icons: readonly IconPng[], size: number): Buffer {
  const icon = icons.find((one) => one.size === size);
  if (!icon) throw new Error(`There is no icon of ${size} pixels.`);
  return icon.png;
}
