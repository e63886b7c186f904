export {
  createEnvironment,
  type EnvironmentContext,
  type TrainingEnvironment,
} from './create-environment.ts';
export { checkOwnPython, findAnyPython, findPython, type FoundPython } from './find-python.ts';
export { lockNameOf } from './lock-name.ts';
export { explainPipFailure, readPipLine } from './pip-output.ts';
export { pythonEnvironment, runPython, type PythonResult } from './run-python.ts';
