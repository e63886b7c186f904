/** The page of Spider's authors. */
export const spiderPage = 'https://yale-lily.github.io/spider';

export const importCommand = 'npm run -s sqlcodegen -- data import';

/**
 * What a person does where no download is possible.
 * @param zipFile where the command looks for the file
 */
export function manualSteps(zipFile = 'data/raw/spider/spider.zip'): string {
  return [
    'Get Spider by hand:',
    `1. Open ${spiderPage} and follow "Spider Dataset" to spider_data.zip (about 200 MB, on Google Drive; confirm "Download anyway").`,
    `2. Put the file at ${zipFile}.`,
    `3. Run \`${importCommand}\`, or \`${importCommand} FILE\` for a zip or folder elsewhere.`,
  ].join('\n');
}

export const downloadAgainHint = `Download the zip again from ${spiderPage} and repeat \`${importCommand} FILE\`.`;
