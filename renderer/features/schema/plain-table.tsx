import type { ReactNode } from 'react';

interface PlainTableProps {
  label: string;
  heads: { title: string; end?: boolean; title2?: string }[];
  children: ReactNode;
}

/** A small table of facts: for rows of data there is the grid. */
export function PlainTable({ label, heads, children }: PlainTableProps) {
  return (
    <table aria-label={label} className="w-full border-collapse text-s">
      <thead>
        <tr className="border-b border-border-strong text-start text-text-2">
          {heads.map(({ title, end, title2 }) => (
            <th
              key={title}
              scope="col"
              title={title2}
              className={`sticky top-0 bg-surface px-3 py-2 font-[650] ${end ? 'text-end' : 'text-start'}`}
            >
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}

export function Row({ children }: { children: ReactNode }) {
  return <tr className="border-b border-border align-top hover:bg-surface-2">{children}</tr>;
}

interface TextCellProps {
  end?: boolean;
  mono?: boolean;
  /** The cell that names the row. */
  head?: boolean;
  children?: ReactNode;
}

export function TextCell({ end, mono, head, children }: TextCellProps) {
  const Tag = head ? 'th' : 'td';
  return (
    <Tag
      {...(head ? { scope: 'row' } : {})}
      className={`px-3 py-1.5 [overflow-wrap:anywhere] ${end ? 'text-end tabular-nums' : 'text-start'} ${
        head ? 'font-[600]' : 'font-normal'
      } ${mono ? 'font-mono' : ''}`}
    >
      {children}
    </Tag>
  );
}

/** A few words in a box. */
export function Mark({
  children,
  tone = 'plain',
}: {
  children: ReactNode;
  tone?: 'plain' | 'warning' | 'danger';
}) {
  const colours = {
    plain: 'bg-surface-3 text-text',
    warning: 'bg-warning-soft text-warning',
    danger: 'bg-danger-soft text-danger',
  };
  return (
    <span className={`mr-1 inline-block rounded-s px-1.5 text-xs leading-[20px] ${colours[tone]}`}>
      {children}
    </span>
  );
}
