import { render, screen, within } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import type { Connection } from '../../../core/contract/index.ts';
import { fakeConnections } from '../../testing/fake-data.ts';
import { ConnectionList } from './connection-list.tsx';

it('marks the connections that allow writes, and no other', () => {
  const own = fakeConnections.at(-1) as Connection;
  const connections = [
    { ...own, id: 'a', name: 'Reading', allowWrites: false },
    { ...own, id: 'b', name: 'Writing', allowWrites: true },
  ];
  render(<ConnectionList title="Yours" connections={connections} onAsk={vi.fn()} />);
  const marks = screen.getAllByRole('listitem').map((row) => within(row).queryByText('writes allowed'));
  expect(marks.map((mark) => mark !== null)).toEqual([false, true]);
});
