import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../contract/index.ts';
import { runPython } from '../environment/index.ts';

export interface TensorBoards {
  /** The address of the one on this run's files; starts it where there is none. */
  open(runDir: string, python: string, signal: AbortSignal): Promise<string>;
  /** Ends all of them. */
  close(): void;
}

const startLimitMs = 60_000;

/** TensorBoard on loopback, one for each run that was asked for; they end with the app, also where it is killed. */
export function createTensorBoards(trainerDir: string): TensorBoards {
  const ended = new AbortController();
  const running = new Map<string, Promise<string>>();
  const start = (runDir: string, python: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(noAnswer('it did not say where it listens')), startLimitMs);
      void runPython({
        python,
        args: [
          ...['-m', 'tensorboard.main', '--logdir', join(runDir, 'tensorboard')],
          ...['--host', '127.0.0.1', '--port', '0', '--reload_interval', '5'],
        ],
        ...{ trainerDir, cwd: runDir, signal: ended.signal },
        onLine(line) {
          const url = /(http:\/\/127\.0\.0\.1:\d+\/)/.exec(line)?.[1];
          if (url) resolve(url);
        },
      })
        .then(({ stderr }) => reject(noAnswer(stderr.trim().split('\n').at(-1) ?? 'it ended')), reject)
        .finally(() => {
          clearTimeout(late);
          running.delete(runDir);
        });
    });
  return {
    async open(runDir, python, signal) {
      if (!existsSync(join(runDir, 'tensorboard'))) {
        throw new AppError('NOT_FOUND', 'This run has no TensorBoard files here yet.', {
          hint: 'They come with the first steps; of a run elsewhere, fetch it first.',
        });
      }
      const opening = running.get(runDir) ?? start(runDir, python);
      running.set(runDir, opening);
      const url = await opening;
      signal.throwIfAborted();
      return url;
    },
    close: () => ended.abort(),
  };
}

function noAnswer(why: string): AppError {
  return new AppError('TRAINER_FAILED', `TensorBoard did not start: ${why}`, {
    hint: "Make the trainer's environment again: TensorBoard is part of it.",
  });
}
