export { rankOnce } from './rank-once.ts';
export {
  rankSchema,
  type RankedColumn,
  type RankedTable,
  type Ranking,
  type RankOptions,
} from './rank-schema.ts';
export { selectTables, type SelectOptions } from './select-tables.ts';
