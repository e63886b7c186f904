/** A process for tests that starts the server and is cancelled by Ctrl-C: prints the stage, then how it ended. */
import { AppError } from '../../contract/errors.ts';
import { startEmbeddedServer } from '../embedded.ts';

const controller = new AbortController();
process.on('SIGINT', () => controller.abort());
try {
  const server = await startEmbeddedServer({
    dataDir: process.argv[2] ?? '',
    signal: controller.signal,
    report: (stage) => process.stdout.write(`${stage}\n`),
  });
  await server.stop();
  process.stdout.write('started\n');
} catch (error) {
  process.stdout.write(`${AppError.from(error).code}\n`);
}
