export { measureFiles } from './link-files.ts';
export { factsOf, prepareFolder, type PrepareFolderDeps } from './prepare-folder.ts';
export { slugOf, writeTaskFile, type TaskFacts } from './task-files.ts';
