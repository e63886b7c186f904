import { useMemo, useState } from 'react';
import type { MaskedToken } from '../../../../../core/contract/index.ts';
import { copy } from '../../../../copy.ts';

const text = copy.wizard.doctor;

interface Stretch {
  learned: boolean;
  tokens: { token: MaskedToken; index: number }[];
}

/** One example as the trainer sees it: what is learned stands bold and underlined, in a frame of its own. */
export function MaskView({ mask }: { mask: readonly MaskedToken[] }) {
  const [hasIds, setIds] = useState(false);
  const stretches = useMemo(() => stretchesOf(mask), [mask]);
  const learned = mask.filter((token) => token.learned).length;
  return (
    <section aria-label={text.mask} className="grid gap-2">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <h3 className="grow text-s font-semibold">{text.mask}</h3>
        <label className="flex items-center gap-2 text-s">
          <input
            type="checkbox"
            className="m-0 accent-accent"
            checked={hasIds}
            onChange={(event) => setIds(event.target.checked)}
          />
          {text.showIds}
        </label>
      </div>
      <p className="text-s text-text-2">
        {text.maskHint} {text.maskCount(learned, mask.length)}
      </p>
      <div
        role="region"
        aria-label={text.mask}
        tabIndex={0}
        className="scroll max-h-[320px] rounded-m border border-border bg-surface-2 p-3 font-mono text-s leading-[1.9] whitespace-pre-wrap [overflow-wrap:anywhere]"
      >
        {stretches.map((stretch) => (
          <StretchView key={stretch.tokens[0]?.index} stretch={stretch} hasIds={hasIds} />
        ))}
      </div>
    </section>
  );
}

/** Neighbours that are alike, so that a screen reader is told once where learning begins and ends. */
function stretchesOf(mask: readonly MaskedToken[]): Stretch[] {
  const stretches: Stretch[] = [];
  mask.forEach((token, index) => {
    const last = stretches.at(-1);
    if (last?.learned === token.learned) last.tokens.push({ token, index });
    else stretches.push({ learned: token.learned, tokens: [{ token, index }] });
  });
  return stretches;
}

function StretchView({ stretch: { learned, tokens }, hasIds }: { stretch: Stretch; hasIds: boolean }) {
  const parts = tokens.map(({ token, index }) => <TokenView key={index} token={token} hasId={hasIds} />);
  if (!learned) return parts;
  return (
    <mark className="bg-accent-soft font-bold text-text underline decoration-accent decoration-2 underline-offset-4">
      <span className="visually-hidden">{text.learnedStart} </span>
      {parts}
      <span className="visually-hidden"> {text.learnedEnd} </span>
    </mark>
  );
}

function TokenView({ token: { text: shown, id, learned }, hasId }: { token: MaskedToken; hasId: boolean }) {
  return (
    <span
      title={`${id}, ${learned ? text.learned : text.read}`}
      className="[box-shadow:inset_-1px_0_0_var(--border-strong)]"
    >
      {shown.replaceAll('\n', '⏎\n')}
      {hasId && <sub className="font-normal text-text-2 no-underline">{id}</sub>}
    </span>
  );
}
