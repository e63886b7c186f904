import { readFile } from 'node:fs/promises';
import { AppError, evaluationReportSchema, type EvaluationReport } from '../../contract/index.ts';

/** A report that `eval --split … --out FILE` wrote. @throws AppError INVALID_INPUT */
export async function readReport(file: string): Promise<EvaluationReport> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('INVALID_INPUT', `The file ${file} cannot be read.`, {
      hint: 'Check its path and rights.',
      cause,
    });
  });
  try {
    return evaluationReportSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('INVALID_INPUT', `${file} is no report of \`eval --split\`.`, {
      hint: 'Give a file that --out wrote.',
      cause,
    });
  }
}
