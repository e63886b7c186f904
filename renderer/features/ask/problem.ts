import { AppError, type Answer, type ErrorCode, type NotAnswerable } from '../../../core/contract/index.ts';
import type { Tone } from '../../components/notice.tsx';
import { copy } from '../../copy.ts';

/** A failure as the page shows it. */
export interface Problem {
  tone: Tone;
  title: string;
  message?: string | undefined;
  hint?: string | undefined;
  /** The question can be asked in spite of it. */
  canTryAnyway?: boolean;
  /** The same again may work. */
  retryable: boolean;
  code?: ErrorCode;
  /** The statement is at fault, and may be repaired. */
  canRepair?: boolean;
  /** UTF-16 offset in the statement, where the server or the guard named one. */
  errorOffset?: number | undefined;
}

const titles: Partial<Record<ErrorCode, string>> = {
  SQL_NOT_READ_ONLY: copy.problems.refusedTitle,
  SQL_SYNTAX: copy.problems.refusedTitle,
  SQL_EXECUTION: copy.problems.failedTitle,
  SQL_TIMEOUT: copy.problems.timedOutTitle,
  CONNECTION_REFUSED: copy.problems.unreachableTitle,
  AUTH_FAILED: copy.problems.unreachableTitle,
  PERMISSION_DENIED: copy.problems.failedTitle,
  MODEL_MISSING: copy.problems.modelTitle,
  MODEL_INCOMPATIBLE: copy.problems.modelTitle,
  OUT_OF_MEMORY: copy.problems.modelTitle,
  CONTEXT_TOO_LONG: copy.problems.modelTitle,
  DISCONNECTED: copy.problems.disconnectedTitle,
};

/** @param elapsedMs how long it ran before it ended */
export function problemFromError(error: unknown, elapsedMs: number): Problem {
  const failure = AppError.from(error);
  if (failure.code === 'CANCELLED') return cancelledProblem(elapsedMs);
  return {
    tone: failure.code === 'SQL_NOT_READ_ONLY' || failure.code === 'SQL_SYNTAX' ? 'warning' : 'error',
    title: titles[failure.code] ?? copy.problems.otherTitle,
    message: failure.message,
    hint: failure.hint,
    retryable: failure.retryable,
    code: failure.code,
    canRepair: failure.code === 'SQL_EXECUTION' || failure.code === 'SQL_SYNTAX',
    errorOffset: offsetOf(failure.details?.['position']),
  };
}

const answerTitles: Partial<Record<Answer['outcome'], string>> = {
  refused: copy.problems.refusedTitle,
  invalid: copy.problems.invalidTitle,
  failed: copy.problems.failedTitle,
  'timed-out': copy.problems.timedOutTitle,
};

/** What an answer without rows has to say; undefined for one that ran or was only proposed. */
export function problemFromAnswer(answer: Answer, elapsedMs: number): Problem | undefined {
  if (answer.outcome === 'cancelled') return cancelledProblem(elapsedMs);
  if (answer.notAnswerable) return notAnswerableProblem(answer, answer.notAnswerable);
  const title = answerTitles[answer.outcome];
  if (title === undefined) return undefined;
  return {
    tone: answer.outcome === 'refused' ? 'warning' : 'error',
    title,
    message: answer.message,
    hint: answer.hint,
    retryable: answer.outcome === 'timed-out',
    canRepair: answer.outcome === 'invalid' || answer.outcome === 'failed',
    errorOffset: offsetOf(answer.position),
  };
}

function notAnswerableProblem({ message, hint }: Answer, { reason }: NotAnswerable): Problem {
  const canTryAnyway = reason === 'words' || reason === 'unsure';
  const titles = { change: copy.problems.changeTitle, talk: copy.problems.talkTitle };
  const title = reason === 'change' || reason === 'talk' ? titles[reason] : copy.problems.notAnswerableTitle;
  return { tone: 'info', title, message, hint, retryable: false, canTryAnyway };
}

export function cancelledProblem(elapsedMs: number): Problem {
  return {
    tone: 'info',
    title: copy.problems.cancelledTitle(elapsedMs),
    hint: copy.problems.cancelledHint,
    retryable: true,
    code: 'CANCELLED',
  };
}

/** The core counts as the editor does: UTF-16 units from 0. */
function offsetOf(position: unknown): number | undefined {
  return typeof position === 'number' && Number.isInteger(position) && position >= 0 ? position : undefined;
}
