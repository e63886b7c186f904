export { chooseFolderFiles, chooseGgufFiles, readQuantization } from './choose-files.ts';
export { downloadFile, type DownloadTiming, type FileDownload } from './download-file.ts';
export { downloadModel, locateBaseModel, nameHubFile, type ModelDownloadOptions } from './download-model.ts';
export { locateHub, readRepository, type Hub } from './hub.ts';
