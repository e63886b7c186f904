/**
 * How many follow-ups are answered right: `node build/scripts/measure-follow-ups.ts [--model FILE] [--data-dir DIR] [--verbose]`.
 *
 * Each line of data/follow-ups/questions.jsonl is asked with its earlier turn, on the demo databases, and its rows are compared
 * with those of its gold SQL. Its `set` says whether it was seen while the rules were made. DIR is a folder for the embedded
 * server.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createCore, type Core } from '../../core/app/index.ts';
import { askInputSchema, type Answer, type Turn } from '../../core/contract/index.ts';
import { equalResults, shareOf } from '../../core/evaluation/index.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    'data-dir': { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
const { signal } = new AbortController();

interface FollowUp {
  id: string;
  set: 'development' | 'held-out';
  db: string;
  previous: Turn;
  question: string;
  goldSql: string;
  ordered: boolean;
}

interface Judged {
  followUp: FollowUp;
  answer: Answer;
  right: boolean;
}

async function judge(core: Core, followUp: FollowUp): Promise<Judged> {
  const connectionId = `demo:${followUp.db}`;
  const limits = { timeoutMs: 10_000, maxRows: 10_000 };
  const gold = await core.handlers['postgres.query'](
    { connectionId, sql: followUp.goldSql, ...limits },
    { signal },
  );
  const { question, previous } = followUp;
  const input = askInputSchema.parse({
    ...{ connectionId, question, previous: [previous], modelPath: values.model, remember: false, ...limits },
  });
  for await (const event of core.handlers['generation.ask'](input, { signal })) {
    if (event.kind !== 'answer') continue;
    const { answer } = event;
    const right =
      answer.result !== undefined && equalResults(gold, answer.result, { ordered: followUp.ordered });
    return { followUp, answer, right };
  }
  throw new Error(`${followUp.id} was not answered.`);
}

function print(name: string, judged: readonly Judged[]): void {
  const percent = (part: number | null) => `${((part ?? 0) * 100).toFixed(1)} %`;
  const { count, n, share, low, high } = shareOf(judged.filter(({ right }) => right).length, judged.length);
  console.log(
    `${name.padEnd(34)} ${count} of ${n} right: ${percent(share)} (${percent(low)} to ${percent(high)})`,
  );
}

const file = path.join('data', 'follow-ups', 'questions.jsonl');
const followUps = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as FollowUp);
const folder = values['data-dir'] ?? mkdtempSync(path.join(tmpdir(), 'measure-follow-ups-'));
const core = await createCore({ dataDir: folder, version: 'measurement' });
try {
  for await (const _ of core.handlers['demo.prepare']({}, { signal }));
  const judged: Judged[] = [];
  for (const followUp of followUps) judged.push(await judge(core, followUp));
  for (const set of ['development', 'held-out'] as const) {
    const own = judged.filter(({ followUp }) => followUp.set === set);
    print(`${set}, all`, own);
    for (const way of ['rewritten', 'prompted', 'new'] as const) {
      const part = own.filter(({ answer }) => answer.followUp === way);
      if (part.length > 0) print(`${set}, ${way}`, part);
    }
  }
  for (const { followUp, answer, right } of values.verbose ? judged : []) {
    if (!right)
      console.log(
        `${followUp.db}: ${followUp.question} (${answer.followUp}) ${answer.sql.replaceAll(/\s+/g, ' ')}`,
      );
  }
} finally {
  await core.close();
  if (values['data-dir'] === undefined) rmSync(folder, { recursive: true, force: true });
}
