/**
 * A process that asks questions over and over and prints one line of JSON for each answer: `node ask-repeatedly.ts FOLDER
 * CONNECTION QUESTIONS TIMES`, the questions as JSON. What an answer depends on besides model, data and question would show.
 */
import { createCore } from '../../app/index.ts';
import { askInputSchema, type Answer } from '../../contract/index.ts';

/** All of an answer but its times. */
function withoutTimes({ timingsMs: _timings, result, alternatives, ...rest }: Answer) {
  return { ...rest, rows: result?.rows, others: alternatives.map(({ sql, share }) => [sql, share]) };
}

const [dataDir = '', connectionId = '', questions = '', times = ''] = process.argv.slice(2);
const core = await createCore({ dataDir, version: 'test' });
const { signal } = new AbortController();
for (let round = 0; round < Number(times); round++) {
  for (const question of JSON.parse(questions) as string[]) {
    const input = askInputSchema.parse({ connectionId, question, remember: false });
    for await (const event of core.handlers['generation.ask'](input, { signal })) {
      if (event.kind !== 'answer') continue;
      process.stdout.write(`${JSON.stringify([question, withoutTimes(event.answer)])}\n`);
    }
  }
}
await core.close();
