/**
 * Writes synthetic pairs, each proven by running its SQL on the embedded PostgreSQL over generated rows:
 * `node build/scripts/synthetic-pairs.ts [--count N] [--out DIR] [--seed N] [--spider-syn FILE.json.gz]`.
 * Where `data convert` has run (data/processed), half of the schemas are variations of Spider's train databases, asked in
 * the words of its train questions; elsewhere all are generated. Ctrl-C keeps what is finished; the same command goes on.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedServer } from '../../core/postgres/index.ts';
import { openStatementBatch } from '../../core/postgres/statement-batch.ts';
import { createLeakCheck } from '../../core/dataset/index.ts';
import type { PairSources } from '../../core/dataset/synthesis/proof/make-batch.ts';
import { writeSynthetic } from '../../core/dataset/synthesis/proof/write-shards.ts';
import { createTemplateStock } from '../../core/dataset/synthesis/template-stock.ts';
import { readTrainingSources } from './training-sources.ts';

const { values } = parseArgs({
  options: {
    processed: { type: 'string', default: 'data/processed' },
    out: { type: 'string', default: 'data/processed/synthetic' },
    server: { type: 'string', default: 'data/cache/synthetic-server' },
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '20261122' },
    'spider-syn': { type: 'string' },
  },
});

const count = Number(values.count);
const seed = Number(values.seed);
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
  console.error('--count and --seed take whole numbers, --count at least 1.');
  process.exit(2);
}
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());

const { pairs, databases, forbidden } = await readTrainingSources(values.processed, values['spider-syn']);
const sources: PairSources =
  databases.size > 0
    ? { templates: { stock: (await createTemplateStock(pairs, databases)).stock, databases } }
    : {};
if (databases.size === 0) console.error(`No dataset in ${values.processed}: generated schemas only.`);

const server = await startEmbeddedServer({ dataDir: path.resolve(values.server), signal: stop.signal });
const batch = await openStatementBatch(server.adminTargetOf('postgres'));
try {
  const report = await writeSynthetic({
    ...{ folder: values.out, count, seed, sources, signal: stop.signal },
    run: (setup, statements) => batch.run(setup, statements),
    isForbidden: createLeakCheck(forbidden),
    report: (made, rate) => process.stderr.write(`\r${made} pairs, ${rate} a second `),
  });
  console.log(JSON.stringify(report, null, 2));
} catch (error) {
  if (!stop.signal.aborted) throw error;
  console.error('\nStopped. Whole shards are kept; the same command goes on behind them.');
  process.exitCode = 130;
} finally {
  await batch.close();
  await server.stop();
}
