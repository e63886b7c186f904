import type { CoreClient } from '../../core/contract/index.ts';

type WriteMethods = Pick<CoreClient, 'postgres.previewWrite' | 'postgres.commitWrite'>;

/** A write of two customers, with everything that can happen beside it. */
export function createFakeWrites(): WriteMethods {
  return {
    'postgres.previewWrite': async () => ({
      previewId: 'preview-1',
      kind: 'update',
      table: 'customers',
      rowCount: 2,
      columns: [
        { name: 'id', type: 'bigint' },
        { name: 'country', type: 'text' },
      ],
      rows: [
        { change: 'update', before: ['1', 'Denmark'], after: ['1', 'Sweden'] },
        { change: 'update', before: ['2', null], after: ['2', 'Sweden'] },
      ],
      knowsBefore: true,
      sideEffects: [
        { kind: 'trigger', name: 'touch_updated_at', detail: 'customers', survivesRollback: false },
        { kind: 'sequence', name: 'audit_id_seq', survivesRollback: true },
      ],
      statementHash: 'hash-1',
      durationMs: 4.2,
    }),
    'postgres.commitWrite': async () => ({ committed: true, rowCount: 2, durationMs: 3.1 }),
  };
}
