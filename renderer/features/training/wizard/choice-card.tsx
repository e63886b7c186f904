import { useId, type ReactNode } from 'react';

interface ChoiceCardProps {
  /** Of the group of which one is chosen. */
  group: string;
  title: string;
  about: string;
  checked: boolean;
  onChoose(): void;
  /** Beside the title: tags. */
  marks?: ReactNode;
  /** Under the sentence: figures. */
  children?: ReactNode;
}

/** One of several, with the sentence that tells for whom it is. */
export function ChoiceCard({ group, title, about, checked, onChoose, marks, children }: ChoiceCardProps) {
  const id = useId();
  return (
    <label
      className={`flex cursor-pointer content-start items-start gap-3 rounded-m border p-3 has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-offset-1 has-[:focus-visible]:outline-accent ${
        checked ? 'border-accent bg-accent-soft' : 'border-border bg-surface hover:border-border-strong'
      }`}
    >
      <input
        type="radio"
        className="mt-[3px] flex-none accent-accent outline-none"
        name={group}
        checked={checked}
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-about`}
        onChange={onChoose}
      />
      <span className="grid min-w-0 flex-1 gap-1">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span id={`${id}-title`} className="min-w-0 font-semibold [overflow-wrap:anywhere]">
            {title}
          </span>
          {marks}
        </span>
        <span id={`${id}-about`} className="text-s text-text-2">
          {about}
        </span>
        {children}
      </span>
    </label>
  );
}

/** @param columns how wide a card is at least, in pixels */
export function ChoiceGroup({
  label,
  columns = 300,
  children,
}: {
  label: string;
  columns?: number;
  children: ReactNode;
}) {
  return (
    <div
      role="radiogroup"
      aria-label={label}
      className="grid gap-3"
      style={{ gridTemplateColumns: `repeat(auto-fill, minmax(min(100%, ${columns}px), 1fr))` }}
    >
      {children}
    </div>
  );
}
