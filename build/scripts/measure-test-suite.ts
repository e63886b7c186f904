import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createEvaluationDatabases } from '../../core/app/evaluation/evaluation-databases.ts';
import { listCases } from '../../core/app/evaluation/list-cases.ts';
import { measureSuite, type SuiteMeasurement } from '../../core/app/test-suite/measure-suite.ts';
import { demoNameSchema, evaluationSplitSchema } from '../../core/contract/index.ts';
import { loadDemoDatabase } from '../../core/demo/load.ts';
import { createEmbeddedServerManager, openDatabase, type Database } from '../../core/postgres/index.ts';

/**
 * What a test suite adds to the shipped rows, with mutants of a split's gold queries as predictions:
 * `node build/scripts/measure-test-suite.ts [--split dev] [--every 1] [--fillings 6] [--data-dir data] [--json]`.
 * `--every 8` takes each eighth gold query.
 */
const { values: flags } = parseArgs({
  options: {
    split: { type: 'string', default: 'dev' },
    every: { type: 'string', default: '1' },
    fillings: { type: 'string', default: '6' },
    'data-dir': { type: 'string', default: 'data' },
    json: { type: 'boolean', default: false },
  },
});
const dataDir = flags['data-dir'];
const { signal } = new AbortController();
const server = createEmbeddedServerManager({
  dataDir: join(dataDir, 'cache', 'suite-server'),
  loadDatabase: (running, name, options) => loadDemoDatabase(running, demoNameSchema.parse(name), options),
});
const databases = createEvaluationDatabases({ datasetDir: dataDir, server });
try {
  const cases = await listCases(dataDir, evaluationSplitSchema.parse(flags.split), signal);
  const golds = new Map(
    cases.map(({ id, db, goldSql }) => [`${db} ${goldSql}`, { id, dbId: db, sql: goldSql }]),
  );
  const connections = new Map(cases.map(({ db, connectionId }) => [db, connectionId]));
  const open = async (dbId: string): Promise<Database> => {
    const connection = connections.get(dbId) ?? '';
    if (!databases.knows(connection)) return openDatabase(await server.targetOf(demoNameSchema.parse(dbId)));
    // Shared: closed in the end.
    return { ...(await databases.open(connection, { signal })), close: () => Promise.resolve() };
  };
  const measured = await measureSuite(
    [...golds.values()].filter((_, index) => index % Number(flags.every) === 0),
    {
      server: await server.server(),
      openDatabase: open,
      cacheDir: join(dataDir, 'cache', 'test-suite'),
      fillings: Number(flags.fillings),
      signal,
      report: (done, total) => console.error(`${done} of ${total}`),
    },
  );
  console.log(flags.json ? JSON.stringify(measured, null, 2) : format(measured));
} finally {
  await databases.close();
  await server.stop();
}

function format(measured: SuiteMeasurement): string {
  const { golds, kinds, gold, rewritings, contradictions, lostRewritings, suite } = measured;
  const { mutants, equivalent, caughtByShippedRows, caughtBySuite, survived } = kinds.all;
  const wrong = mutants - equivalent;
  const share = (count: number) => `${count} (${((100 * count) / wrong).toFixed(1)} %)`;
  const said = Object.values(rewritings);
  const sum = (key: 'asked' | 'lost') => said.reduce((total, each) => total + each[key], 0);
  const line = (kind: string, counts: object) =>
    kind.padEnd(22) +
    Object.values(counts)
      .map((count) => String(count).padStart(11))
      .join('');
  return [
    `${''.padEnd(22)}    mutants equivalent    shipped      suite   survived`,
    ...Object.entries(kinds).map(([kind, counts]) => line(kind, counts)),
    `${golds} gold queries, ${mutants} mutants, ${equivalent} proven to mean the same; of the other ${wrong}:`,
    `  shipped rows alone catch ${share(caughtByShippedRows)}, with the suite ${share(caughtByShippedRows + caughtBySuite)}, ${survived} survive`,
    `  lost though right: ${gold.lost.length} of ${gold.asked} gold queries, ${sum('lost')} of ${sum('asked')} said otherwise, ${contradictions.length} proven equivalent`,
    ...[...lostRewritings, ...contradictions].map(
      ({ gold: was, sql, row }) => `    ${was} → ${sql}: ${row.lost?.filling}`,
    ),
    `  fillings ${JSON.stringify(suite.coverage)}, lost on ${JSON.stringify(suite.lostOn)}, ${suite.seconds.toFixed(0)} s`,
  ].join('\n');
}
