import { Fragment } from 'react';

/** A sentence of the core's own; what stands between backticks in it is set as code. */
export function Told({ text }: { text: string }) {
  const parts = text.split(/`([^`]+)`/);
  return parts.map((part, at) =>
    at % 2 === 1 ? (
      <code key={at} className="text-[length:inherit]">
        {part}
      </code>
    ) : (
      <Fragment key={at}>{part}</Fragment>
    ),
  );
}
