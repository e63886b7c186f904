import {
  AppError,
  type CoreHandlers,
  type MachineInfo,
  type PriceTable,
  type TrainingDraft,
} from '../../contract/index.ts';
import { listBases } from '../bases/index.ts';
import { checkOwnPython, type TrainingEnvironment } from '../environment/index.ts';
import { planRun, prepareRun, type PlanDeps } from '../plan/index.ts';
import { listPresets } from '../recipes/index.ts';
import type { DoctorVerdicts } from '../run-handlers.ts';
import { askDoctor, estimateRun, type DoctorCall } from './ask-doctor.ts';
import { defaultPrices } from './default-prices.ts';
import { createDraftFolder } from './draft-folder.ts';
import type { ExaminedHost } from './judge-host.ts';
import { listSources, type SourceDeps } from './list-sources.ts';
import { readMachine } from './read-machine.ts';

type SetupMethod =
  `training.${'recipes' | 'sources' | 'bases' | 'machine' | 'prepareEnvironment' | 'prices' | 'setPrices' | 'plan' | 'doctor' | 'estimate'}`;
export type SetupHandlers = Pick<CoreHandlers, SetupMethod>;

export interface SetupDeps {
  trainerDir: string;
  runsDir: string;
  /** Drafts that are looked at lie in it for a while. */
  draftsDir: string;
  environment: TrainingEnvironment;
  ownPython?: string | undefined;
  plan: PlanDeps;
  sources: SourceDeps;
  verdicts: DoctorVerdicts;
  prices: { get(): PriceTable | undefined; set(prices: PriceTable): void };
  /** Queues the job that makes the environment. @throws AppError CONFLICT where one is under way */
  startPreparing(): { id: string };
  /** What an SSH host has. @throws AppError why it cannot be seen */
  examineHost(hostId: string, signal: AbortSignal): Promise<MachineInfo>;
}

/** What can be trained on what, whether it is worth it, and what it takes. */
export function createSetupHandlers(deps: SetupDeps): SetupHandlers {
  const drafts = createDraftFolder(deps.draftsDir);
  const readPrices = () => deps.prices.get() ?? defaultPrices;
  const look = async <T>(
    { draft, python: here }: { draft: TrainingDraft; python?: string | undefined },
    signal: AbortSignal,
    work: (call: DoctorCall) => Promise<T>,
  ): Promise<T> => {
    const python = await choosePython(draft, here, deps);
    const run = await prepareRun(draft, deps.plan, signal);
    const { target } = draft;
    const host = target.kind === 'ssh' ? await examine(target.hostId, deps, signal) : undefined;
    const { trainerDir } = deps;
    return drafts.use(run, signal, (runDir) => work({ run, runDir, python, trainerDir, host, signal }));
  };
  return {
    'training.recipes': async () => listPresets(),
    'training.sources': (_, { signal }) => listSources(deps.sources, signal),
    'training.bases': () => listBases(deps.plan.bases),
    'training.machine': ({ python }, { signal }) => readMachine(python, deps, signal),
    'training.prepareEnvironment': async () => ({ jobId: deps.startPreparing().id }),
    'training.prices': async () => readPrices(),
    'training.setPrices': async (prices) => {
      deps.prices.set(prices);
      return readPrices();
    },
    'training.plan': ({ draft }, { signal }) => planRun(draft, deps.plan, signal),
    'training.doctor': async (input, { signal }) => {
      const report = await look(input, signal, askDoctor);
      deps.verdicts.note(input.draft, report.status);
      return report;
    },
    'training.estimate': (input, { signal }) =>
      look(input, signal, (call) => estimateRun(call, readPrices(), input.measure)),
  };
}

async function examine(
  hostId: string,
  { examineHost }: SetupDeps,
  signal: AbortSignal,
): Promise<ExaminedHost> {
  try {
    return { kind: 'seen', machine: await examineHost(hostId, signal) };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'not-seen', reason: AppError.from(error) };
  }
}

/** The doctor reads data and base on this machine, wherever the run is to be: it needs the trainer here too. */
async function choosePython(
  { target }: TrainingDraft,
  here: string | undefined,
  { environment, ownPython, trainerDir }: SetupDeps,
): Promise<string> {
  const own = (target.kind === 'local' ? target.python : here) ?? ownPython;
  if (own !== undefined) return (await checkOwnPython(own, { trainerDir })).path;
  if (environment.isReady()) return environment.python;
  throw new AppError('PYTHON_MISSING', "The trainer's environment is not made yet on this machine.", {
    hint: 'Make it first: it takes some minutes, once.',
  });
}
