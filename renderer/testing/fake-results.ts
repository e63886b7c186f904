import { AppError, type CoreClient } from '../../core/contract/index.ts';
import { fakeCustomers } from './fake-data.ts';

/** How many rows every result has that is read on. */
export const fakeResultRows = 25_000;

type ResultMethods = Pick<
  CoreClient,
  | 'postgres.openResult'
  | 'postgres.fetchRows'
  | 'postgres.countRows'
  | 'postgres.prepareExport'
  | 'postgres.streamExport'
  | 'postgres.exportToFile'
>;

/** Results of 25,000 rows, page by page; nothing is kept of them. */
export function createFakeResults(): ResultMethods {
  const { columns } = fakeCustomers(1);
  const open = new Set<string>();
  const rowsFrom = (offset: number, limit: number) => {
    const end = Math.min(offset + limit, fakeResultRows);
    const rows = fakeCustomers(end).rows.slice(offset);
    return rows.length < limit ? { rows, total: fakeResultRows } : { rows };
  };
  let count = 0;
  return {
    async *'postgres.openResult'({ limit = 200 }, options) {
      const resultId = `result-${++count}`;
      open.add(resultId);
      yield { kind: 'opened', resultId, columns, ...rowsFrom(0, limit) };
      await new Promise<void>((resolve) => {
        options?.signal?.addEventListener('abort', () => resolve(), { once: true });
      });
      open.delete(resultId);
    },
    'postgres.fetchRows': async ({ resultId, offset, limit }) => {
      if (!open.has(resultId)) throw new AppError('NOT_FOUND', 'This result is not open any more.');
      return rowsFrom(offset, limit);
    },
    async *'postgres.countRows'() {
      yield { counted: 10_000, isTotal: false };
      yield { counted: fakeResultRows, isTotal: true };
    },
    'postgres.prepareExport': async () => ({ exportId: 'export-1' }),
    async *'postgres.streamExport'() {
      yield { text: 'id\n1\n', rows: 1, fileName: 'result.csv' };
    },
    async *'postgres.exportToFile'() {
      yield { rows: 1, bytes: 5, done: true };
    },
  };
}
