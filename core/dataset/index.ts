export * from './check-dataset.ts';
export * from './find-leaks.ts';
export * from './format/index.ts';
export * from './sketch-from-sql.ts';
export * from './spider-examples.ts';
export * from './split/index.ts';
export * from './starter-data.ts';
export * from './training-example.ts';
