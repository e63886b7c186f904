import type {
  BaseInfo,
  MachineInfo,
  RecipePreset,
  SourceInfo,
  SshHost,
  TrainingBase,
  TrainingData,
  TrainingDraft,
  TrainingMethod,
  TrainingSource,
  TrainingTarget,
} from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { keyOf, typeSource, type TypedSource, type WizardForm } from './form.ts';
import type { Step } from './steps.ts';
import { findConflict, readChanges, toNumber, type Changes } from './values.ts';

/** What the core says there is; absent while it was not read yet. */
export interface Facts {
  presets?: RecipePreset[] | undefined;
  sources?: SourceInfo[] | undefined;
  bases?: BaseInfo[] | undefined;
  machine?: MachineInfo | undefined;
  hosts?: SshHost[] | undefined;
  /** Names of the runs that there are. */
  taken?: readonly string[] | undefined;
}

export type ProblemId = keyof typeof copy.wizard.problems;
export interface Problem {
  step: Step;
  id: ProblemId;
}

/** The form with everything that was not chosen proposed, and what is still missing. */
export interface Resolved {
  name: string;
  sources: TypedSource[];
  base: TrainingBase | undefined;
  /** Absent for one that was typed. */
  baseInfo: BaseInfo | undefined;
  /** Those that there are recipes for. */
  methods: TrainingMethod[];
  method: TrainingMethod | undefined;
  /** Those for this base and method. */
  presets: RecipePreset[];
  preset: RecipePreset | undefined;
  changes: Changes;
  host: SshHost | undefined;
  target: TrainingTarget | undefined;
  problems: Problem[];
  /** Whole only where nothing is missing. */
  draft: TrainingDraft | undefined;
}

export function resolve(form: WizardForm, facts: Facts): Resolved {
  const sources = form.sources ?? proposeSources(facts.sources ?? []);
  const { base, baseInfo } = findBase(form, facts.bases ?? []);
  const recipe = findRecipe(form, facts.presets ?? [], base?.kind);
  const host = facts.hosts?.find(({ id }) => id === form.hostId) ?? facts.hosts?.[0];
  const target = findTarget(form, host);
  const name =
    form.name ?? tellApart(proposeName(sources, facts.sources ?? [], base, baseInfo), facts.taken ?? []);
  const found = { name, sources, base, baseInfo, ...recipe, host, target };
  const problems = findProblems(form, found, hasGone(sources, facts.sources));
  return { ...found, problems, draft: problems.length === 0 ? draftOf(form, found) : undefined };
}

/** One's own examples where there are any, else Spider. */
export function proposeSources(infos: readonly SourceInfo[]): TypedSource[] {
  const usable = infos.filter(({ missing, examples }) => !missing && examples > 0);
  const own = usable.filter(({ source }) => source.kind === 'verified');
  const spider = usable.filter(({ source }) => source.kind === 'spider').slice(0, 1);
  return (own.length > 0 ? own : spider).map(({ source }) => typeSource(source));
}

function findBase(form: WizardForm, infos: readonly BaseInfo[]): Pick<Resolved, 'base' | 'baseInfo'> {
  const proposed = infos.find(({ present }) => present) ?? infos[0];
  if (form.base === undefined) return { base: proposed?.base, baseInfo: proposed };
  const listed = infos.find(
    ({ base }) => base.kind === form.base && (nameOf(base) === undefined || nameOf(base) === form.listedBase),
  );
  if (listed) return { base: listed.base, baseInfo: listed };
  return { base: typedBase(form), baseInfo: undefined };
}

/** Id or path; undefined for the kinds of which there is one. */
export function nameOf(base: TrainingBase): string | undefined {
  if (base.kind === 'hub') return base.id;
  return base.kind === 'folder' ? base.path : undefined;
}

function typedBase(form: WizardForm): TrainingBase | undefined {
  const revision = form.hubRevision.trim();
  switch (form.base) {
    case 'folder':
      // On this machine nothing else is meant than this machine.
      return {
        kind: 'folder',
        path: form.folderPath.trim(),
        onTarget: form.folderOnTarget && form.place !== 'local',
      };
    case 'hub':
      return { kind: 'hub', id: form.hubId.trim(), ...(revision === '' ? {} : { revision }) };
    case undefined:
      return undefined;
    default:
      return { kind: form.base };
  }
}

function findRecipe(form: WizardForm, all: readonly RecipePreset[], kind: TrainingBase['kind'] | undefined) {
  const fitting = kind === undefined ? [] : all.filter(({ bases }) => bases.includes(kind));
  // A new model has no weights to begin from, and only it learns from none.
  const isFor = (method: TrainingMethod) => (method === 'scratch') === (kind === 'scratch');
  const methods = [...new Set(fitting.flatMap((preset) => preset.methods))].filter(isFor);
  const method = methods.find((one) => one === form.method) ?? methods[0];
  const presets = method === undefined ? [] : fitting.filter((preset) => preset.methods.includes(method));
  const preset = presets.find(({ id }) => id === form.preset) ?? presets[0];
  const changes = preset && method ? readChanges(form, preset, method) : { values: {}, wrong: [] };
  return { methods, method, presets, preset, changes };
}

function findTarget(form: WizardForm, host: SshHost | undefined): TrainingTarget | undefined {
  const python = form.python.trim();
  if (form.place === 'local') return { kind: 'local', ...(python === '' ? {} : { python }) };
  if (form.place === 'ssh') return host && { kind: 'ssh', hostId: host.id };
  const [projectId, bucketName] = [form.projectId.trim(), form.bucketName.trim()];
  const prefix = form.prefix.trim().replace(/^\/+|\/+$/g, '');
  const keyPath = form.keyPath.trim();
  return {
    kind: 'colab',
    projectId,
    bucketName,
    prefix: prefix === '' ? 'sqlcodegen' : prefix,
    ...(keyPath === '' ? {} : { keyPath }),
  };
}

function proposeName(
  sources: readonly TypedSource[],
  infos: readonly SourceInfo[],
  base: TrainingBase | undefined,
  baseInfo: BaseInfo | undefined,
): string {
  const titles = sources.map(
    (source) => infos.find((info) => keyOf(info.source) === keyOf(source))?.title ?? copy.wizard.aFile,
  );
  const model = baseInfo?.title ?? (base && nameOf(base)?.split('/').at(-1)) ?? '';
  const data = titles.length > 2 ? copy.wizard.sourcesOf(titles.length) : titles.join(' + ');
  return copy.wizard.proposedName(data, model).slice(0, 100);
}

/** A number behind it where there is a run of that name. */
function tellApart(name: string, taken: readonly string[]): string {
  const numbered = (number: number) => (number === 1 ? name : `${name.slice(0, 94)} ${number}`);
  let number = 1;
  while (taken.includes(numbered(number))) number += 1;
  return numbered(number);
}

const projectIdPattern = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;
const bucketPattern = /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/;
const hubIdPattern = /^[\w-][\w.-]*\/[\w-][\w.-]*$/;

type Found = Omit<Resolved, 'problems' | 'draft'>;

/** A chosen source that is not there any more, or cannot be read; files are looked at when the run is planned. */
function hasGone(sources: readonly TypedSource[], infos: readonly SourceInfo[] | undefined): boolean {
  if (!infos) return false;
  const usable = infos.filter(({ missing }) => !missing).map(({ source }) => nameOfSource(source));
  return sources.some((one) => one.kind !== 'file' && !usable.includes(nameOfSource(one)));
}

/** Of Spider there is one; which version is read when the run is planned. */
function nameOfSource(source: TypedSource | TrainingSource): string {
  return source.kind === 'verified' ? source.connectionId : source.kind;
}

function findProblems(form: WizardForm, found: Found, isGone: boolean): Problem[] {
  const { base, preset, changes, target, name } = found;
  const wrong: [Step, ProblemId, boolean][] = [
    ['data', 'noSource', found.sources.length === 0],
    ['data', 'goneSource', isGone],
    ['data', 'noPath', found.sources.some((one) => one.kind === 'file' && one.path.trim() === '')],
    ['data', 'badWeight', found.sources.some(({ weight }) => !isWeight(weight))],
    ['data', 'badShare', !isShare(form.validationShare)],
    ['base', 'noBase', base === undefined],
    ['base', 'noFolder', base?.kind === 'folder' && base.path === ''],
    ['base', 'badHubId', base?.kind === 'hub' && !hubIdPattern.test(base.id)],
    ['recipe', 'noRecipe', base !== undefined && preset === undefined],
    ['recipe', 'badValues', changes.wrong.length > 0],
    ['recipe', 'conflict', preset !== undefined && conflictOf(found) !== undefined],
    ['where', 'noHost', target === undefined],
    ['where', 'badProject', target?.kind === 'colab' && !projectIdPattern.test(target.projectId)],
    ['where', 'badBucket', target?.kind === 'colab' && !bucketPattern.test(target.bucketName)],
    ['start', 'noName', name.trim() === '' || name.trim().length > 100],
  ];
  return wrong.filter(([, , isWrong]) => isWrong).map(([step, id]) => ({ step, id }));
}

export function conflictOf({ preset, changes }: Pick<Resolved, 'preset' | 'changes'>) {
  return preset && findConflict({ ...preset.values, ...changes.values });
}

export function isWeight(text: string): boolean {
  const weight = toNumber(text);
  return weight !== undefined && weight >= 0.01 && weight <= 100;
}

export function isShare(text: string): boolean {
  const share = toNumber(text);
  return share !== undefined && share >= 0 && share <= 50;
}

function draftOf(form: WizardForm, found: Found): TrainingDraft | undefined {
  const { name, base, preset, method, changes, target } = found;
  if (!base || !preset || !method || !target) return undefined;
  return {
    name: name.trim(),
    data: readData(form, found.sources),
    base,
    recipe: { preset: preset.id, method, changes: changes.values, quantize: form.quantize },
    target,
  };
}

function readData(form: WizardForm, sources: readonly TypedSource[]): TrainingData {
  const validationPath = form.validationPath.trim();
  return {
    sources: sources.map(readSource),
    ...(validationPath === '' ? {} : { validationPath }),
    validationShare: (toNumber(form.validationShare) ?? 10) / 100,
  };
}

function readSource(source: TypedSource): TrainingSource {
  const weight = toNumber(source.weight) ?? 1;
  if (source.kind === 'file') return { kind: 'file', path: source.path.trim(), weight };
  return { ...source, weight };
}
