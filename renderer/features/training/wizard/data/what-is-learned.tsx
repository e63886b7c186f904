import type { PlannedSource, SourceInfo, TrainingDraft } from '../../../../../core/contract/index.ts';
import { FailureNotice } from '../../../../components/failure-notice.tsx';
import { Spinner } from '../../../../components/spinner.tsx';
import { copy } from '../../../../copy.ts';
import { keyOf } from '../form.ts';
import type { Wizard } from '../use-wizard.ts';
import { usePlan } from '../wizard-queries.ts';

const text = copy.wizard.data;

/** What becomes of the examples of each source: learned, held back, or left out and why. */
export function WhatIsLearned({ wizard: { resolved, facts } }: { wizard: Wizard }) {
  const { draft } = resolved;
  return (
    <section aria-label={text.learnedTitle} className="grid gap-2">
      <h3 className="text-s font-semibold">{text.learnedTitle}</h3>
      {draft ? (
        <Planned
          draft={draft}
          infos={facts.known.sources ?? []}
          isSketch={resolved.baseInfo?.targetForm === 'sketch'}
        />
      ) : (
        <p className="text-s text-text-2">{text.learnedLater}</p>
      )}
    </section>
  );
}

interface PlannedProps {
  draft: TrainingDraft;
  infos: readonly SourceInfo[];
  /** The base answers in sketches, which cannot say everything. */
  isSketch: boolean;
}

function Planned({ draft, infos, isSketch }: PlannedProps) {
  const plan = usePlan(draft);
  if (plan.isError) {
    return (
      <FailureNotice title={text.learnedFailed} error={plan.error} onRetry={() => void plan.refetch()} />
    );
  }
  if (!plan.data || plan.isPlaceholderData) {
    return (
      <p role="status" className="flex items-center gap-2 text-s text-text-2">
        <Spinner /> {text.counting}
      </p>
    );
  }
  const { sources, problems } = plan.data;
  const holdsBack = draft.data.validationPath === undefined && draft.data.validationShare > 0;
  return (
    <>
      {problems.length > 0 && <p className="text-s text-warning">{problems.join(' ')}</p>}
      <ul className="grid gap-2">
        {sources.map((planned, at) => (
          <SourceLine key={at} planned={planned} title={titleOf(planned, infos)} />
        ))}
      </ul>
      {isSketch && sources.some(({ leftOutCount }) => leftOutCount > 0) && (
        <p className="max-w-[90ch] text-s text-text-2">{text.leftOutSketch}</p>
      )}
      {holdsBack && sources.some(({ source }) => source.kind !== 'spider') && (
        <p className="max-w-[90ch] text-s text-text-2">
          {text.heldBackWhy(Math.round(draft.data.validationShare * 100))}
        </p>
      )}
    </>
  );
}

function titleOf({ source }: PlannedSource, infos: readonly SourceInfo[]): string {
  if (source.kind === 'file') return source.path;
  return infos.find((info) => keyOf(info.source) === keyOf(source))?.title ?? source.kind;
}

function SourceLine({ planned, title }: { planned: PlannedSource; title: string }) {
  const { train, validation, leftOut, leftOutCount } = planned;
  return (
    <li className="grid gap-1 text-s">
      <p className="[overflow-wrap:anywhere]">
        <span className="font-semibold">{title}</span>: {text.divided(train, validation, leftOutCount)}
      </p>
      {leftOutCount > 0 && (
        <details>
          <summary className="cursor-pointer text-text-2">{text.leftOutList(leftOutCount)}</summary>
          <ul className="scroll max-h-[280px] list-disc pl-5" aria-label={text.leftOutOf(title)}>
            {leftOut.map(({ question, reason }, at) => (
              <li key={at} className="[overflow-wrap:anywhere]">
                {question} <span className="text-text-2">– {reason}</span>
              </li>
            ))}
          </ul>
          {leftOutCount > leftOut.length && <p>{text.moreLeftOut(leftOutCount - leftOut.length)}</p>}
        </details>
      )}
    </li>
  );
}
