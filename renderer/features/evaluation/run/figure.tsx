import type { ReactNode } from 'react';

interface FigureProps {
  name: string;
  value: string;
  note: ReactNode;
  isMain?: boolean | undefined;
}

/** One number of a run with what it rests on; to be put into a `dl`. */
export function Figure({ name, value, note, isMain }: FigureProps) {
  return (
    <div className="card px-4 py-3">
      <dt className="text-s text-text-2">{name}</dt>
      <dd>
        <span className={`text-xl font-semibold tabular-nums ${isMain ? 'text-accent' : ''}`}>{value}</span>
        <span className="block text-xs text-text-2 tabular-nums">{note}</span>
      </dd>
    </div>
  );
}
