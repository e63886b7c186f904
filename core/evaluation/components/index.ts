export { listQueries, signatureOf, type Expression, type QueryParts } from './query-parts.ts';
export { readQuery } from './read-query.ts';
export { readNames, type NameFacts } from './scope.ts';
