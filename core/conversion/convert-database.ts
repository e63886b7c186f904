import { openGoldRunner, openSqlite, readSqliteSchema } from '../spider/index.ts';
import { isOrdered } from './break-ties.ts';
import { storeAnswer } from './answers.ts';
import { convertQuery } from './convert-query.ts';
import { describeSchema, listSamples } from './describe.ts';
import { listStrays } from './engines.ts';
import { makeFillings, openFilledDatabase } from './filling/index.ts';
import { judgePair } from './judge-pair.ts';
import { reviewProof } from './review-proof.ts';
import { ensureLoaded } from './load-once.ts';
import { quotePostgresName } from './names.ts';
import { describeLoad } from './report-load.ts';
import type { AnswerPair, Evidence, ProvenPair } from '../contract/dataset.ts';
import type { DatabaseSchema } from '../contract/schema.ts';
import type { RowLoader } from '../postgres/load-rows.ts';
import type { SpiderExample } from '../spider/index.ts';
import type { ConvertedQuery, GeneratedSource } from './convert-query.ts';
import type { ColumnSamples } from './describe.ts';
import type { LoadedDatabase } from './load.ts';
import type { Judgement } from './judge-pair.ts';
import type { DatabaseLoad } from './report-load.ts';

/** All that the conversion finds out about one database. */
export interface DatabaseUnit {
  dbId: string;
  pairs: ProvenPair[];
  schema: DatabaseSchema;
  samples: ColumnSamples[];
  load: DatabaseLoad;
  evidence: Evidence[];
}

export interface UnitOptions {
  spiderDir: string;
  loader: RowLoader;
  serverVersion: string;
}

/** Generated rows are the same on every machine. */
const seed = 1;

/** Loads one database and proves all of its examples. */
export async function convertDatabase(
  dbId: string,
  examples: SpiderExample[],
  options: UnitOptions,
): Promise<DatabaseUnit> {
  const { loader } = options;
  const database = await ensureLoaded(loader, options.spiderDir, dbId);
  await loader.run(`SET search_path TO ${quotePostgresName(database.namespace)}`);
  const { pairs, evidence } = await proveExamples(examples, database, options);
  return {
    dbId,
    pairs,
    schema: describeSchema(database, options.serverVersion),
    samples: listSamples(database),
    load: describeLoad(database),
    evidence,
  };
}

async function proveExamples(examples: SpiderExample[], database: LoadedDatabase, options: UnitOptions) {
  const { spiderDir, loader } = options;
  const strays = listStrays(database);
  const gold = openGoldRunner(spiderDir, database.dbId, strays);
  const published = strays.length > 0 ? openGoldRunner(spiderDir, database.dbId) : undefined;
  const filled = await openFilledDatabase(loader, database, readTables(spiderDir, database.dbId));
  const source: GeneratedSource = {
    holder: filled,
    makeSets: (sql) => makeFillings(sql, database.tables, { seed }),
    columnsOf: (sql) => gold.columnsOf(sql),
  };
  const done = new Map<string, { sql: string; judgement: Judgement }>();
  const evidence: Evidence[] = [];
  try {
    for (const { sql: sqliteSql } of examples) {
      if (done.has(sqliteSql)) continue;
      const converted = await convertQuery({ loader, gold }, sqliteSql, database.tables, source);
      const judged = judgePair(gold, sqliteSql, converted);
      const judgement = await reviewProof({ loader, gold, published }, sqliteSql, converted, judged);
      done.set(sqliteSql, { sql: converted.sql, judgement });
      evidence.push(collectEvidence(sqliteSql, converted, source));
    }
  } finally {
    gold.close();
    published?.close();
    await filled.close();
  }
  return { pairs: examples.map((example) => toPair(example, done.get(example.sql))), evidence };
}

function readTables(spiderDir: string, dbId: string) {
  const sqlite = openSqlite(spiderDir, dbId);
  try {
    return readSqliteSchema(sqlite);
  } finally {
    sqlite.close();
  }
}

function toPair(
  example: SpiderExample,
  proven: { sql: string; judgement: Judgement } | undefined,
): ProvenPair {
  if (proven === undefined) throw new Error(`No proof was made of ${example.split}:${example.index}.`);
  return {
    id: `${example.split}:${example.index}`,
    split: example.split,
    index: example.index,
    dbId: example.dbId,
    question: example.question,
    sqliteSql: example.sql,
    sql: proven.sql,
    ...proven.judgement,
  };
}

function collectEvidence(sqliteSql: string, converted: ConvertedQuery, source: GeneratedSource): Evidence {
  const { sql, expected, proof, generated } = converted;
  const ordered = isOrdered(sqliteSql);
  const shipped: AnswerPair = { on: 'shipped' };
  if (!('error' in expected)) shipped.sqlite = storeAnswer(expected, source.columnsOf(sqliteSql), ordered);
  if (proof.actual !== undefined) shipped.postgres = storeAnswer(proof.actual, proof.actual.columns, ordered);
  return {
    sqliteSql,
    sql,
    answers: [shipped, ...(generated?.answers ?? [])],
    generated: generated?.used ?? [],
  };
}
