import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { recoverEarlier } from '../replace-folder.ts';
import { downloadSpider, type DownloadOptions } from './download.ts';

/** The name that we tell people to use, and the one that the official download comes with. */
const zipNames = ['spider.zip', 'spider_data.zip'];

export interface FindOptions extends Omit<DownloadOptions, 'zipFile'> {
  spiderDir: string;
}

/** The zip that somebody put into the Spider folder, or undefined. Makes no request. */
export async function findSpiderZip(spiderDir: string): Promise<string | undefined> {
  await recoverEarlier(spiderDir);
  for (const name of zipNames) {
    const file = join(spiderDir, name);
    const isThere = await stat(file).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isThere) return file;
  }
  return undefined;
}

/**
 * What `data import` without an argument imports: the zip in `spiderDir`, else a download into it.
 * @throws AppError as `downloadSpider` does; its hint spells out the steps by hand.
 */
export async function findOrDownloadSpider({ spiderDir, ...options }: FindOptions): Promise<string> {
  const found = await findSpiderZip(spiderDir);
  if (found) return found;
  const { zipFile } = await downloadSpider({ ...options, zipFile: join(spiderDir, 'spider.zip') });
  return zipFile;
}
