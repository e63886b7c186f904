export { listBases } from './list-bases.ts';
export { resolveBase, titleOf, type BaseFolders, type ResolvedBase } from './resolve-base.ts';
