import { render, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Notice } from './notice.tsx';

it('sets commands in a hint as code, and a lone backtick as it is', () => {
  const hint = 'Make it with `sqlcodegen train environment`, or `.';
  render(<Notice tone="info" title="Not made" message="Near `users`." hint={hint} />);
  expect(screen.getByText('sqlcodegen train environment').tagName).toBe('CODE');
  expect(screen.getByRole('status').textContent).toBe(
    'Not madeNear `users`.Make it with sqlcodegen train environment, or `.',
  );
});
