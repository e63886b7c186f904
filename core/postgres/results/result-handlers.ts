import { resultIdleMs } from '../../contract/index.ts';
import type { CoreHandlers, ResultStatement } from '../../contract/index.ts';
import type { Database } from '../database.ts';
import { createExports } from './exports.ts';
import { createOpenResults } from './open-results.ts';
import { prepareStatement } from './prepare-statement.ts';
import type { ResultCursor } from './result-cursor.ts';

type ResultHandlers = Pick<
  CoreHandlers,
  | 'postgres.openResult'
  | 'postgres.fetchRows'
  | 'postgres.countRows'
  | 'postgres.prepareExport'
  | 'postgres.streamExport'
  | 'postgres.exportToFile'
>;

export interface ResultHandlersOptions {
  open(connectionId: string, options: { signal?: AbortSignal | undefined }): Promise<Database>;
  /** Defaults to five minutes. */
  idleMs?: number;
}

interface CursorWish {
  scroll: boolean;
  firstRows: number;
  signal: AbortSignal;
}

export function createResultHandlers({ open, idleMs = resultIdleMs }: ResultHandlersOptions): ResultHandlers {
  const results = createOpenResults({ idleMs });

  const openCursor = async (
    statement: ResultStatement,
    { scroll, firstRows, signal }: CursorWish,
  ): Promise<ResultCursor> => {
    const database = await open(statement.connectionId, { signal });
    const prepared = await prepareStatement(database, statement, { scroll, signal });
    const { timeoutMs } = statement;
    const { prefixLength } = prepared;
    return database.openCursor(prepared.sql, { timeoutMs, idleMs, scroll, prefixLength, firstRows, signal });
  };
  const exports = createExports((request, firstRows, signal) =>
    openCursor(request, { scroll: false, firstRows, signal }),
  );

  return {
    'postgres.openResult': ({ limit, ...statement }, { signal }) =>
      results.open(
        statement.connectionId,
        () => openCursor(statement, { scroll: true, firstRows: limit, signal }),
        signal,
      ),
    // A caller that gives up does not stop it: that would end the cursor. Closing the result does.
    'postgres.fetchRows': ({ resultId, offset, limit }) => results.use(resultId).fetch(offset, limit),
    async *'postgres.countRows'({ resultId }, { signal }) {
      for (let isTotal = false; !isTotal && !signal.aborted;) {
        const step = await results.use(resultId).countFurther();
        yield step;
        isTotal = step.isTotal;
      }
    },
    'postgres.prepareExport': async (request, { signal }) => {
      const database = await open(request.connectionId, { signal });
      await prepareStatement(database, request, { scroll: false, signal });
      return { exportId: exports.prepare(request) };
    },
    'postgres.streamExport': ({ exportId }, { signal }) => exports.stream(exportId, signal),
    'postgres.exportToFile': ({ exportId, path }, { signal }) => exports.toFile(exportId, path, signal),
  };
}
