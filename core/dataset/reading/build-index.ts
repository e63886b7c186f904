import {
  AppError,
  datasetExampleSchema,
  datasetSplitSchema,
  provenPairSchema,
  type Hardness,
  type Override,
  type ProvenPair,
} from '../../contract/index.ts';
import { hardnessOf } from '../../sql/hardness.ts';
import { readOverrides } from '../overrides/overrides-file.ts';
import type { DatasetFolder } from './dataset-folder.ts';
import { buildFacets, type Facet } from './facets.ts';
import type { IndexedExample, NearDuplicate, StoredExample } from './indexed-example.ts';
import { readNearDuplicates } from './near-duplicates.ts';
import { eachRecord } from './read-records.ts';
import { joinFields } from './search-text.ts';
import { readQueryFacts, type QueryFacts } from './sql-features.ts';

/** The dataset in memory: about 20 MB for all of Spider, without prompts, answers and rows. */
export interface DatasetIndex {
  examples: IndexedExample[];
  byId: Map<string, IndexedExample>;
  facets: Facet[];
  /** Orders that have been asked for, by their names. */
  orders: Map<string, readonly IndexedExample[]>;
  /** Whether the split's files are there. */
  isSplit: boolean;
}

/** The example's own fields of the split's files; the long ones are read when one example is asked for. */
const storedSchema = datasetExampleSchema.pick({
  id: true,
  hardness: true,
  promptTokens: true,
  completionTokens: true,
  linkedTables: true,
  override: true,
});

/**
 * Reads the dataset's files and parses every query. Takes a few seconds in slices, so that nothing else waits.
 * @throws AppError DATASET_MISSING where there are no proven pairs, DATASET_CORRUPT naming file and line.
 */
export async function buildIndex(folder: DatasetFolder, signal?: AbortSignal): Promise<DatasetIndex> {
  const { stored, isSplit } = await readStored(folder, signal);
  const overrides = new Map((await readOverrides(folder.overridesFile)).map((each) => [each.id, each]));
  const duplicates = await readNearDuplicates(folder);
  const examples: IndexedExample[] = [];
  const grader = createGrader();
  const source = { path: folder.pairsFile, stage: 'convert' };
  const isThere = await eachRecord(
    provenPairSchema,
    source,
    async (pair) => {
      const { id } = pair;
      const known = { stored: stored.get(id), override: overrides.get(id), duplicates: duplicates.get(id) };
      examples.push(await indexExample(pair, examples.length, isSplit, known, grader));
    },
    signal,
  );
  if (!isThere) throw missing(folder);
  return {
    examples,
    byId: new Map(examples.map((example) => [example.pair.id, example])),
    facets: await buildFacets(examples, signal),
    orders: new Map(),
    isSplit,
  };
}

function missing(folder: DatasetFolder): AppError {
  return new AppError('DATASET_MISSING', `There is no dataset in ${folder.root}.`, {
    hint: 'Make it with `npm run -s sqlcodegen -- data all --spider spider.zip`.',
  });
}

async function readStored(folder: DatasetFolder, signal: AbortSignal | undefined) {
  const stored = new Map<string, StoredExample>();
  let isSplit = false;
  for (const split of datasetSplitSchema.options) {
    const source = { path: folder.splitFiles[split], stage: 'split' };
    const isThere = await eachRecord(
      storedSchema,
      source,
      ({ id, linkedTables, ...example }, place) =>
        void stored.set(id, {
          ...example,
          override: example.override,
          split,
          place,
          isLinkedDown: linkedTables !== undefined,
        }),
      signal,
    );
    isSplit ||= isThere;
  }
  return { stored, isSplit };
}

interface Known {
  stored: StoredExample | undefined;
  override: Override | undefined;
  duplicates: NearDuplicate[] | undefined;
}

async function indexExample(
  pair: ProvenPair,
  position: number,
  isSplit: boolean,
  { stored, override, duplicates = [] }: Known,
  grader: Grader,
): Promise<IndexedExample> {
  const question = override?.question ?? pair.question;
  const sql = override?.sql ?? pair.sql;
  const { features, tables } = await grader.factsOf(sql === '' ? pair.sqliteSql : sql);
  const marks: IndexedExample['marks'] = [];
  if (override !== undefined) marks.push('corrected');
  if (stored?.isLinkedDown) marks.push('linked-down');
  if (duplicates.length > 0) marks.push('near-duplicate');
  const fields = [question, sql, pair.sqliteSql, pair.dbId, pair.id];
  if (question !== pair.question) fields.push(pair.question);
  return {
    pair,
    position,
    question,
    sql,
    split: stored?.split ?? (isSplit ? 'left-out' : 'not-split'),
    hardness: stored?.hardness ?? (await grader.hardnessOf(pair)),
    features,
    tables,
    marks,
    override,
    stored,
    nearDuplicates: duplicates,
    text: joinFields(fields),
  };
}

/** Reads each query once, though several wordings of a question share it. */
interface Grader {
  factsOf(sql: string): Promise<QueryFacts>;
  /** For what is in no split; a query that PostgreSQL's grammar cannot read has none. */
  hardnessOf(pair: ProvenPair): Promise<Hardness | undefined>;
}

function createGrader(): Grader {
  const factsOf = remember(readQueryFacts);
  const grade = remember((sql) => hardnessOf(sql).catch(() => undefined));
  return {
    factsOf,
    hardnessOf: async ({ sqliteSql, sql }) => (await grade(sqliteSql)) ?? (await grade(sql)),
  };
}

function remember<T>(work: (sql: string) => Promise<T>): (sql: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (sql) => {
    const result = known.get(sql) ?? work(sql);
    known.set(sql, result);
    return result;
  };
}
