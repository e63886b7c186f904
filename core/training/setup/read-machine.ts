import { mkdir } from 'node:fs/promises';
import { AppError, machineInfoSchema, type MachineInfo } from '../../contract/index.ts';
import { checkOwnPython, findAnyPython, type TrainingEnvironment } from '../environment/index.ts';
import { callLaunch } from '../launchers/call-launch.ts';

export interface MachineDeps {
  trainerDir: string;
  runsDir: string;
  environment: TrainingEnvironment;
  ownPython?: string | undefined;
}

/** What this machine has for training. @param python the user's own; absent: the app's environment */
export async function readMachine(
  python: string | undefined,
  { trainerDir, runsDir, environment, ownPython }: MachineDeps,
  signal: AbortSignal,
): Promise<MachineInfo> {
  const own = python ?? ownPython;
  const any = (await findAnyPython()) ?? own;
  if (any === undefined) {
    throw new AppError('PYTHON_MISSING', 'There is no Python on this machine.', {
      hint: 'Install Python 3.11 or newer (on Debian and Ubuntu: sudo apt install python3 python3-venv).',
    });
  }
  await mkdir(runsDir, { recursive: true });
  const args = ['machine', runsDir, '--environment', environment.folder];
  const machine = await callLaunch({ python: any, trainerDir, args, signal }, machineInfoSchema);
  const problems = [...machine.problems, ...systemProblems()];
  if (own === undefined) return { ...machine, problems, environmentReady: environment.isReady() };
  try {
    const found = await checkOwnPython(own, { trainerDir });
    // What the system's Python lacks does not matter then.
    return {
      ...machine,
      ...{
        python: { path: found.path, version: found.version },
        environmentReady: true,
        problems: systemProblems(),
      },
    };
  } catch (error) {
    const { message, hint } = AppError.from(error);
    return {
      ...machine,
      environmentReady: false,
      problems: [...systemProblems(), `${message} ${hint ?? ''}`.trim()],
    };
  }
}

function systemProblems(): string[] {
  return process.platform === 'linux' ? [] : ['Training on this machine works on Linux only.'];
}
