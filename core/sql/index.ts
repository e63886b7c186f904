export { formatSql } from './format.ts';
export { hardnessOf } from './hardness.ts';
export { guardQuery } from './guard.ts';
export type { GuardOrigin, GuardVerdict } from './guard.ts';
export type { StatementNames } from './guard-names.ts';
export { maxSqlBytes, offsetOfByte, offsetOfCodePoint, parseStatements } from './parse.ts';
export type { AstNode, AstValue, ParsedStatement } from './parse.ts';
export { wrapQuery } from './wrap-query.ts';
export type { WrappedQuery, Wrapping } from './wrap-query.ts';
