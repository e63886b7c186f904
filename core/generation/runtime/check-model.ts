import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import {
  AppError,
  parityCaseSchema,
  type CheckItem,
  type ParityCase,
  type ParityReport,
} from '../../contract/index.ts';
import { checkCase } from './check-parity.ts';
import { loadLanguageModel, type LanguageModel } from './language-model.ts';

export interface CheckModelOptions {
  path: string;
  /** A JSON array of `parityCaseSchema`, as the trainer writes it. */
  casesPath: string;
  adapterPath?: string | undefined;
  /** The share of greedy outputs that must be equal, 0 to 1. Token ids must all be. */
  minWrittenShare: number;
}

const maxDifferences = 5;

/**
 * Holds a GGUF file against what its trainer wrote: the same text must become the same token ids, and greedy decoding
 * must write the same ids. The last item is the report.
 * @throws INVALID_INPUT for a damaged file of cases, and what loading the model throws
 */
export async function* checkModel(
  options: CheckModelOptions,
  signal: AbortSignal,
): AsyncGenerator<CheckItem> {
  const startedAt = performance.now();
  const cases = await readParityCases(options.casesPath);
  const model = await loadLanguageModel(options.path, { signal, adapter: options.adapterPath });
  try {
    const report = startReport(options, model, cases);
    for (const [index, parityCase] of cases.entries()) {
      await checkInto(report, model, index, parityCase, signal);
      yield { kind: 'progress', done: index + 1, total: cases.length };
      // Tokenizing never waits: other work gets its turn here, and a cancel is seen.
      await setImmediate();
      signal.throwIfAborted();
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    yield { kind: 'report', report: { ...report, passed: isPassed(report), seconds } };
  } finally {
    await model.dispose();
  }
}

/** @throws INVALID_INPUT, naming the file and the case */
export async function readParityCases(file: string): Promise<ParityCase[]> {
  const invalid = (what: string, cause?: unknown) =>
    new AppError('INVALID_INPUT', `${file} ${what}.`, {
      hint: 'It must be a JSON array of {"prompt", "tokens", "written"?, "kind"?: "prompt" or "chat"}, one at least.',
      cause,
    });
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw invalid('cannot be read', cause);
  });
  const parsed = z.array(parityCaseSchema).min(1).safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(
    `is no file of cases: ${issue?.path.join('.') || 'the whole'}: ${issue?.message}`,
    parsed.error,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function startReport(
  { adapterPath, minWrittenShare }: CheckModelOptions,
  { facts }: LanguageModel,
  cases: readonly ParityCase[],
): ParityReport {
  return {
    ...{ model: facts.path, quantization: facts.quantization, adapter: adapterPath ?? null },
    ...{ prompts: cases.length, equalTokens: 0 },
    ...{ written: cases.filter(({ written }) => written !== undefined).length, equalWritten: 0 },
    ...{ minWrittenShare, passed: false, firstDifferences: [], seconds: 0 },
  };
}

async function checkInto(
  report: ParityReport,
  model: LanguageModel,
  index: number,
  parityCase: ParityCase,
  signal: AbortSignal,
): Promise<void> {
  const { tokens, written } = await checkCase(model, index, parityCase, signal);
  if (tokens === undefined) report.equalTokens++;
  if (parityCase.written !== undefined && written === undefined) report.equalWritten++;
  const room = maxDifferences - report.firstDifferences.length;
  report.firstDifferences.push(...[tokens, written].filter((found) => found !== undefined).slice(0, room));
}

function isPassed({ prompts, equalTokens, written, equalWritten, minWrittenShare }: ParityReport): boolean {
  return equalTokens === prompts && equalWritten >= minWrittenShare * written;
}
