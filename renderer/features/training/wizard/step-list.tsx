import {
  Circle,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  LoaderCircle,
  TriangleAlert,
  type LucideIcon,
} from 'lucide-react';
import { copy } from '../../../copy.ts';
import { hrefOf } from '../../../lib/navigation.ts';
import { keyOfDraft, useDoctor, useEstimate, type CheckState } from './checks.ts';
import { findFaults, findProblems, listPaths } from './find-faults.ts';
import { keyOf } from './form.ts';
import { nameOf } from './resolve.ts';
import { steps, type Step } from './steps.ts';
import type { Wizard } from './use-wizard.ts';
import { useKnownPlan } from './wizard-queries.ts';

const text = copy.wizard;

type State = keyof typeof text.states;

const looks: Record<State, { icon: LucideIcon; tone: string }> = {
  ok: { icon: CircleCheck, tone: 'text-success' },
  missing: { icon: TriangleAlert, tone: 'text-warning' },
  todo: { icon: Circle, tone: 'text-text-2' },
  running: { icon: LoaderCircle, tone: 'text-accent' },
  stale: { icon: CircleDashed, tone: 'text-text-2' },
  warning: { icon: TriangleAlert, tone: 'text-warning' },
  failure: { icon: CircleAlert, tone: 'text-danger' },
};

interface Line {
  state: State;
  summary: string;
}

/** All steps with what is chosen in each; the way to any of them. */
export function StepList({ wizard, step: current }: { wizard: Wizard; step: Step }) {
  const lines = useLines(wizard);
  return (
    <nav aria-label={text.steps} className="card min-[1000px]:sticky min-[1000px]:top-4">
      <ol className="grid gap-[2px] p-2 max-[999px]:grid-cols-2">
        {steps.map((step, index) => {
          const { state, summary } = lines[step];
          const { icon: Icon, tone } = looks[state];
          return (
            <li key={step}>
              <a
                href={hrefOf('training', 'new', step)}
                aria-current={step === current ? 'step' : undefined}
                className={`flex items-start gap-3 rounded-m px-3 py-2 text-text no-underline ${
                  step === current ? 'bg-accent-soft' : 'hover:bg-surface-2'
                }`}
              >
                <span className={`mt-[1px] flex-none ${tone}`}>
                  <Icon aria-hidden size={18} className={state === 'running' ? 'spinner' : ''} />
                </span>
                <span className="grid min-w-0 flex-1">
                  <span className={step === current ? 'font-semibold' : 'font-medium'}>
                    {index + 1}. {text.stepNames[step]}
                  </span>
                  <span className="truncate text-xs text-text-2" title={summary}>
                    {summary}
                  </span>
                  <span className="visually-hidden">, {text.states[state]}</span>
                </span>
              </a>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

function useLines(wizard: Wizard): Record<Step, Line> {
  const [doctor, estimate] = [useDoctor(), useEstimate()];
  const { form, resolved, facts } = wizard;
  const plan = useKnownPlan(resolved.draft);
  const key = resolved.draft && keyOfDraft(resolved.draft);
  const unread: Partial<Record<Step, boolean>> = {
    data: facts.sources.isError,
    base: facts.bases.isError,
    recipe: facts.presets.isError || resolved.base === undefined,
  };
  const paths = listPaths(form, resolved);
  // The doctor plans what it looks at, and later than a step did.
  const faults = findFaults(doctor, key, paths) ?? findProblems(plan?.problems ?? [], paths);
  const stateOf = (step: Step): State => {
    if (facts.isPending || unread[step]) return 'todo';
    if (resolved.problems.some((problem) => problem.step === step)) return 'missing';
    return faults[step] ?? 'ok';
  };
  const line = (step: Step, summary: string): Line => ({
    state: stateOf(step),
    summary: summary === '' || facts.isPending ? text.summaries.none : summary,
  });
  return {
    data: line('data', summarizeData(wizard)),
    base: line('base', resolved.baseInfo?.title ?? (resolved.base && nameOf(resolved.base)) ?? ''),
    recipe: line('recipe', summarizeRecipe(wizard)),
    where: line('where', summarizeWhere(wizard)),
    doctor: {
      state: stateOfCheck(doctor, key, (report) => report.status),
      summary: summarizeCheck(doctor, ({ status }) => text.summaries.doctor[status]),
    },
    estimate: {
      state: stateOfCheck(estimate, key, ({ hardware: [first] }) =>
        first?.fits === false ? 'failure' : 'ok',
      ),
      summary: summarizeCheck(estimate, ({ hardware: [first] }) =>
        text.summaries.estimate(first?.hours ?? null),
      ),
    },
    start: {
      state: stateOf('start') === 'missing' ? 'missing' : 'todo',
      summary: facts.isPending ? text.summaries.none : resolved.name,
    },
  };
}

function stateOfCheck<Result>(
  check: CheckState<Result>,
  key: string | undefined,
  judge: (result: Result) => State,
): State {
  if (check.kind === 'none') return 'todo';
  if (check.kind === 'running') return 'running';
  if (check.key !== key) return 'stale';
  return check.kind === 'failed' ? 'missing' : judge(check.result);
}

function summarizeCheck<Result>(check: CheckState<Result>, say: (result: Result) => string): string {
  if (check.kind === 'done') return say(check.result);
  const couldNot = check.kind === 'failed' && check.error.code !== 'CANCELLED';
  return couldNot ? text.summaries.couldNot : text.summaries.none;
}

/** Examples of all chosen sources; files are not counted before they are read. */
export function summarizeData({ resolved, facts }: Wizard): string {
  const { sources } = resolved;
  if (sources.length === 0) return '';
  if (sources.some(({ kind }) => kind === 'file')) return text.summaries.files(sources.length);
  const counts = sources.map(
    (source) => facts.known.sources?.find((info) => keyOf(info.source) === keyOf(source))?.examples ?? 0,
  );
  return text.summaries.data(
    counts.reduce((sum, count) => sum + count, 0),
    sources.length,
  );
}

export function summarizeRecipe({ resolved: { method, preset, changes } }: Wizard): string {
  if (!method || !preset) return '';
  const count = Object.keys(changes.values).length;
  return text.summaries.recipe(text.recipe.methods[method].name, preset.title, count);
}

export function summarizeWhere({ form, resolved: { host } }: Wizard): string {
  if (form.place === 'local') return text.summaries.here;
  return form.place === 'ssh' ? (host?.name ?? '') : text.summaries.colab(form.bucketName.trim());
}
