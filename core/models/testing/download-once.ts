import { downloadFile } from '../download/index.ts';

/** A process that downloads one file, to be killed: `download-once.ts URL TARGET SHA256`. Prints a line a chunk. */
const [url = '', target = '', sha256 = ''] = process.argv.slice(2);
const { signal } = new AbortController();
const done = await downloadFile({
  ...{ url, source: url, target, expected: { sha256 }, initiator: 'test', signal },
  onProgress: (bytes) => void process.stdout.write(`${bytes}\n`),
});
process.stdout.write(`${JSON.stringify(done)}\n`);
