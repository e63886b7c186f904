import { join } from 'node:path';
import { openStore } from '../../store/index.ts';
import { createJobs } from '../index.ts';
import { createCountingJob } from './counting-job.ts';

/** A process of its own that counts for ever: the test kills it. */
const [dataDir = ''] = process.argv.slice(2);
const jobs = createJobs({ rows: openStore({ file: join(dataDir, 'studio.sqlite') }).jobs, dataDir });
const start = jobs.define(createCountingJob());
process.stdout.write(`${start({ to: 1_000_000, stepMs: 5 }).id}\n`);
