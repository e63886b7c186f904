import { ArrowLeft, ArrowRight, List, RotateCcw } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { ConfirmDialog } from '../../../components/dialog.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { copy } from '../../../copy.ts';
import { useActions } from '../../../lib/actions.ts';
import { hrefOf } from '../../../lib/navigation.ts';
import { BaseStep } from './base/base-step.tsx';
import { DataStep } from './data/data-step.tsx';
import { DoctorStep } from './doctor/doctor-step.tsx';
import { EstimateStep } from './estimate/estimate-step.tsx';
import { isUntouched } from './kept-form.ts';
import { RecipeStep } from './recipe/recipe-step.tsx';
import { StartStep } from './start/start-step.tsx';
import { StepList } from './step-list.tsx';
import { findStep, stepAfter, steps, type Step } from './steps.ts';
import { useWizard, type Wizard as WizardState } from './use-wizard.ts';
import { WhereStep } from './where/where-step.tsx';

const text = copy.wizard;

/** @param rest what comes after the page in the address: `new`, `new/STEP` */
export function Wizard({ rest }: { rest: string[] }) {
  const wizard = useWizard();
  const step = findStep(rest.at(-1));
  const headingRef = useStepFocus(step);
  useStepActions(wizard);
  return (
    <div className="page scroll">
      <div className="mx-auto grid w-full max-w-[1280px] gap-4 px-6 py-6">
        <Head wizard={wizard} />
        <div className="grid items-start gap-5 min-[1000px]:grid-cols-[264px_minmax(0,1fr)]">
          <StepList wizard={wizard} step={step} />
          <section className="card min-w-0" aria-label={text.stepNames[step]}>
            <div className="grid gap-1 border-b border-border px-5 py-4 [border-bottom-style:solid]">
              <h2 ref={headingRef} tabIndex={-1} className="!text-l outline-none">
                {text.stepNames[step]}
              </h2>
              <p className="max-w-[90ch] text-text-2">{text.stepIntros[step]}</p>
            </div>
            <div className="grid gap-5 px-5 py-4">
              <Unread wizard={wizard} />
              {wizard.facts.isPending ? <Waiting /> : <StepPanel wizard={wizard} step={step} />}
            </div>
            <StepFoot wizard={wizard} step={step} />
          </section>
        </div>
      </div>
    </div>
  );
}

/** Whoever goes on by the keyboard or a screen reader begins at the new step's heading. */
function useStepFocus(step: Step) {
  const ref = useRef<HTMLHeadingElement>(null);
  const shown = useRef(step);
  useEffect(() => {
    if (shown.current === step) return;
    shown.current = step;
    ref.current?.focus();
    ref.current?.closest('.page')?.scrollTo(0, 0);
  }, [step]);
  return ref;
}

function useStepActions({ go }: WizardState): void {
  const actions = useMemo(
    () =>
      steps.map((step) => ({
        id: `training.wizard.${step}`,
        title: `${text.title}: ${text.stepNames[step]}`,
        group: copy.pages.training,
        run: () => go(step),
      })),
    [go],
  );
  useActions(actions);
}

function Head({ wizard }: { wizard: WizardState }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-start gap-3">
        <div className="grow">
          <h1>{text.title}</h1>
          <p className="max-w-[90ch] text-text-2">{text.intro}</p>
        </div>
        <a className="inline-flex min-h-[32px] items-center gap-2 text-s" href={hrefOf('training')}>
          <List aria-hidden size={16} />
          {text.toRuns}
        </a>
        <Button small icon={RotateCcw} disabled={isUntouched(wizard.form)} onClick={() => setAsking(true)}>
          {text.startOver}
        </Button>
      </div>
      {(wizard.copiedFrom !== undefined || wizard.before) && (
        <Notice
          tone="info"
          title={text.copiedFrom(wizard.copiedFrom ?? '')}
          hint={text.copiedFromHint}
          actions={
            wizard.before && (
              <Button small onClick={wizard.bringBack}>
                {text.bringBack}
              </Button>
            )
          }
        />
      )}
      {isAsking && (
        <ConfirmDialog
          title={text.startOverTitle}
          text={text.startOverText}
          action={text.startOver}
          onConfirm={() => {
            setAsking(false);
            wizard.startOver();
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

/** What could not be read, whichever step it is for: nothing can be proposed without it. */
function Unread({ wizard: { facts } }: { wizard: WizardState }) {
  const reads = {
    recipes: facts.presets,
    sources: facts.sources,
    bases: facts.bases,
    hosts: facts.hosts,
  };
  return Object.entries(reads)
    .filter(([, query]) => query.isError)
    .map(([name, query]) => (
      <FailureNotice
        key={name}
        title={text.readFailed[name as keyof typeof reads]}
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    ));
}

function Waiting() {
  return (
    <p role="status" className="flex items-center gap-2 text-text-2">
      <Spinner /> {copy.common.loading}
    </p>
  );
}

function StepPanel({ wizard, step }: { wizard: WizardState; step: Step }) {
  switch (step) {
    case 'data':
      return <DataStep wizard={wizard} />;
    case 'base':
      return <BaseStep wizard={wizard} />;
    case 'recipe':
      return <RecipeStep wizard={wizard} />;
    case 'where':
      return <WhereStep wizard={wizard} />;
    case 'doctor':
      return <DoctorStep wizard={wizard} />;
    case 'estimate':
      return <EstimateStep wizard={wizard} />;
    case 'start':
      return <StartStep wizard={wizard} />;
  }
}

function StepFoot({ wizard, step }: { wizard: WizardState; step: Step }) {
  const [before, after] = [stepAfter(step, -1), stepAfter(step, 1)];
  const problems = wizard.facts.isPending
    ? []
    : wizard.resolved.problems.filter((problem) => problem.step === step);
  return (
    <div className="grid gap-3 border-t border-border px-5 py-3 [border-top-style:solid]">
      {problems.length > 0 && (
        <div role="status" className="text-s">
          <p className="font-semibold text-warning">{text.missing}</p>
          <ul>
            {problems.map(({ id }) => (
              <li key={id}>{text.problems[id]}</li>
            ))}
          </ul>
        </div>
      )}
      <div className="flex flex-wrap gap-2">
        {before && (
          <Button icon={ArrowLeft} onClick={() => wizard.go(before)}>
            {text.back(text.stepNames[before])}
          </Button>
        )}
        <span className="grow" />
        {after && (
          <Button variant="primary" onClick={() => wizard.go(after)}>
            {text.next(text.stepNames[after])}
            <ArrowRight aria-hidden />
          </Button>
        )}
      </div>
    </div>
  );
}
