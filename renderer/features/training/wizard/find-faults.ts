import type { AppError, DoctorCheck } from '../../../../core/contract/index.ts';
import type { CheckState } from './checks.ts';
import type { WizardForm } from './form.ts';
import type { Resolved } from './resolve.ts';
import type { Step } from './steps.ts';

export type Faults = Partial<Record<Step, 'missing' | 'warning' | 'failure'>>;

/** By what its id begins with; the longer one first. The folder of a run is nobody's choice. */
const areas: [string, Step | undefined][] = [
  ['data.train.length', 'recipe'],
  ['data.validation.length', 'recipe'],
  ['machine.precision', 'recipe'],
  ['plan.disk', 'where'],
  ['plan.time', 'where'],
  ['data.', 'data'],
  ['leaks.', 'data'],
  ['base.', 'base'],
  ['labels.', 'base'],
  ['plan.run_dir', undefined],
  ['plan.', 'recipe'],
  ['machine.', 'where'],
  ['host.', 'where'],
];

const stepsByCode: Partial<Record<AppError['code'], Step>> = {
  DATASET_MISSING: 'data',
  DATASET_CORRUPT: 'data',
  MODEL_MISSING: 'base',
  PYTHON_MISSING: 'where',
};

/** The step in which what a check is about was chosen. */
export function stepOfCheck({ id }: Pick<DoctorCheck, 'id'>): Step | undefined {
  return areas.find(([beginning]) => id.startsWith(beginning))?.[1];
}

/** What the doctor found in the steps before it; undefined where it looked at another draft, or at none. */
export function findFaults(
  doctor: CheckState<{ checks: readonly DoctorCheck[] }>,
  key: string | undefined,
  paths: Paths,
): Faults | undefined {
  if ((doctor.kind !== 'done' && doctor.kind !== 'failed') || doctor.key !== key) return undefined;
  if (doctor.kind === 'failed') {
    const { code, message } = doctor.error;
    const step = stepsByCode[code] ?? stepOfPath(message, paths);
    return step ? { [step]: 'failure' } : {};
  }
  const faults: Faults = {};
  for (const check of doctor.result.checks) {
    const step = stepOfCheck(check);
    if (step && check.status !== 'ok' && faults[step] !== 'failure') faults[step] = check.status;
  }
  return faults;
}

/** What keeps the draft from being planned, where it names a path that was typed. */
export function findProblems(problems: readonly string[], paths: Paths): Faults {
  const steps = problems.flatMap((problem) => stepOfPath(problem, paths) ?? []);
  return Object.fromEntries(steps.map((step) => [step, 'missing' as const]));
}

/** Paths on this machine, with the step that asks for them. */
type Paths = [path: string, step: Step][];

export function listPaths(form: WizardForm, { sources, base }: Resolved): Paths {
  const files = sources.flatMap((source) => (source.kind === 'file' ? source.path : []));
  const paths: Paths = [
    ...[...files, form.validationPath].map((path): Paths[number] => [path.trim(), 'data']),
    [base?.kind === 'folder' ? base.path : '', 'base'],
  ];
  return paths.filter(([path]) => path !== '');
}

/** The words go on behind a whole path with a space, a comma, a colon or their end. */
function stepOfPath(said: string, paths: Paths): Step | undefined {
  const isNamed = (path: string) =>
    said.split(path).some((rest, at) => at > 0 && /^(?:[\s,:]|\.(?:\s|$)|$)/.test(rest));
  const named = paths.filter(([path]) => isNamed(path));
  return named.toSorted(([a], [b]) => b.length - a.length)[0]?.[1];
}
