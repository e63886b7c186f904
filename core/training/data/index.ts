export {
  buildData,
  isExecutable,
  nothingToLearn,
  readSourceExamples,
  writeData,
  type BuiltData,
  type BuiltSource,
  type DataDeps,
  type Forbidden,
} from './build-data.ts';
export { questionKey } from './divide-examples.ts';
export { readExampleLines } from './read-lines.ts';
export { readChangedAt } from './read-spider.ts';
export type { SourceExample, SourceExamples, TargetForm } from './source-example.ts';
