import { Copy } from 'lucide-react';
import type { TrainingDraft } from '../../../../../core/contract/index.ts';
import { Button } from '../../../../components/button.tsx';
import { FailureNotice } from '../../../../components/failure-notice.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { Spinner } from '../../../../components/spinner.tsx';
import { useToast } from '../../../../components/toaster.tsx';
import { copy } from '../../../../copy.ts';
import { copyText } from '../../../../lib/clipboard.ts';
import { hrefOf } from '../../../../lib/navigation.ts';
import { keyOfDraft, useDoctor, useEstimate } from '../checks.ts';
import { TextField } from '../labelled.tsx';
import { nameOf } from '../resolve.ts';
import { summarizeData, summarizeRecipe, summarizeWhere } from '../step-list.tsx';
import { steps, type Step } from '../steps.ts';
import type { Wizard } from '../use-wizard.ts';
import { usePlan } from '../wizard-queries.ts';
import { StartActions } from './start-actions.tsx';
import { TaskFiles } from './task-files.tsx';

const text = copy.wizard.start;

/** All that was chosen, the recipe as the trainer reads it, and the start. */
export function StartStep({ wizard }: { wizard: Wizard }) {
  const { resolved, change } = wizard;
  const { draft } = resolved;
  return (
    <>
      <TextField
        label={text.name}
        maxLength={100}
        value={resolved.name}
        onChange={(name) => change({ name })}
      />
      <Summary wizard={wizard} />
      {draft ? <Ready wizard={wizard} draft={draft} /> : <MissingSteps wizard={wizard} />}
    </>
  );
}

function Ready({ wizard, draft }: { wizard: Wizard; draft: TrainingDraft }) {
  const plan = usePlan(draft);
  return (
    <>
      {plan.isError && (
        <FailureNotice title={text.planFailed} error={plan.error} onRetry={() => void plan.refetch()} />
      )}
      {plan.data && plan.data.problems.length > 0 && (
        <Notice tone="warning" title={text.planProblems} message={plan.data.problems.join('\n')} />
      )}
      <StartActions wizard={wizard} draft={draft} isBlocked={(plan.data?.problems.length ?? 0) > 0} />
      {plan.isPending && (
        <p role="status" className="flex items-center gap-2 text-s text-text-2">
          <Spinner /> {copy.common.loading}
        </p>
      )}
      {plan.data && (
        <Recipe
          yaml={plan.data.yaml}
          counts={text.counts(plan.data.trainExamples, plan.data.validationExamples)}
        />
      )}
      <TaskFiles draft={draft} />
    </>
  );
}

/** What is missing before the run can be started, by its step. */
function MissingSteps({ wizard: { resolved } }: { wizard: Wizard }) {
  const others = resolved.problems.filter(({ step }) => step !== 'start');
  if (others.length === 0) return null;
  return (
    <Notice
      tone="warning"
      title={copy.wizard.missing}
      actions={
        <ul className="grid gap-1 text-s">
          {others.map(({ step, id }) => (
            <li key={id}>
              <a href={hrefOf('training', 'new', step)}>{copy.wizard.stepNames[step]}</a>:{' '}
              {copy.wizard.problems[id]}
            </li>
          ))}
        </ul>
      }
    />
  );
}

function Summary({ wizard }: { wizard: Wizard }) {
  const { resolved } = wizard;
  const [doctor, estimate] = [useDoctor(), useEstimate()];
  const key = resolved.draft && keyOfDraft(resolved.draft);
  const { summaries } = copy.wizard;
  const lines: Record<Exclude<Step, 'start'>, string> = {
    data: summarizeData(wizard),
    base: resolved.baseInfo?.title ?? (resolved.base && nameOf(resolved.base)) ?? '',
    recipe: summarizeRecipe(wizard),
    where: summarizeWhere(wizard),
    doctor: doctor.kind === 'done' && doctor.key === key ? summaries.doctor[doctor.result.status] : '',
    estimate:
      estimate.kind === 'done' && estimate.key === key
        ? summaries.estimate(estimate.result.hardware[0]?.hours ?? null)
        : '',
  };
  return (
    <section aria-label={text.summary} className="grid gap-2">
      <h3 className="text-s font-semibold">{text.summary}</h3>
      <dl className="grid rounded-m border border-border">
        {steps
          .filter((step) => step !== 'start')
          .map((step) => (
            <div
              key={step}
              className="grid grid-cols-[150px_minmax(0,1fr)_auto] items-baseline gap-3 px-3 py-2 text-s not-first:border-t not-first:border-border"
            >
              <dt className="text-text-2">{copy.wizard.stepNames[step]}</dt>
              <dd className="font-medium [overflow-wrap:anywhere]">{lines[step] || summaries.none}</dd>
              <dd>
                <a
                  href={hrefOf('training', 'new', step)}
                  aria-label={text.change(copy.wizard.stepNames[step])}
                >
                  {text.changeShort}
                </a>
              </dd>
            </div>
          ))}
      </dl>
    </section>
  );
}

function Recipe({ yaml, counts }: { yaml: string; counts: string }) {
  const toast = useToast();
  async function copyRecipe(): Promise<void> {
    toast((await copyText(yaml)) ? copy.common.copied : copy.common.copyFailed);
  }
  return (
    <details className="rounded-m border border-border">
      <summary className="cursor-pointer px-4 py-3">
        <span className="font-semibold">{text.recipe}</span>{' '}
        <span className="text-s text-text-2">{counts}</span>
      </summary>
      <div className="grid gap-2 border-t border-border p-3">
        <div className="flex justify-end">
          <Button small icon={Copy} onClick={() => void copyRecipe()}>
            {text.copyRecipe}
          </Button>
        </div>
        <pre
          tabIndex={0}
          role="region"
          aria-label={text.recipe}
          className="scroll m-0 max-h-[360px] rounded-m bg-surface-2 p-3 text-s"
        >
          {yaml}
        </pre>
      </div>
    </details>
  );
}
