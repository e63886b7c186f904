/**
 * A process of its own around llama.cpp's quantizer, as an assertion in it ends the process, and as the app holds
 * another copy of libllama. llama.cpp's log on stderr is the progress that run-quantizer.ts reads.
 */
import { isExpectedLayout, quantizeWithLlama, readDefaults } from './llama-quantizer.ts';
import { exitCodes, type QuantizeTask } from './quantize-task.ts';

function run(task: QuantizeTask): number {
  try {
    if (!isExpectedLayout(readDefaults(task.library))) return exitCodes.wrongLayout;
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    return exitCodes.noLibrary;
  }
  return quantizeWithLlama(task) ? exitCodes.done : exitCodes.refused;
}

process.exitCode = run(JSON.parse(process.argv[2] ?? '') as QuantizeTask);
