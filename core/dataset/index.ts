export * from './find-leaks.ts';
export * from './sketch-from-sql.ts';
export * from './spider-examples.ts';
export * from './starter-data.ts';
export * from './training-example.ts';
