/** The closed table of error codes: whether trying again unchanged can help. */
const retryableByCode = {
  INVALID_INPUT: false,
  NOT_FOUND: false,
  CONFLICT: false,
  SQL_SYNTAX: false,
  SQL_NOT_READ_ONLY: false,
  SQL_TIMEOUT: true,
  SQL_EXECUTION: false,
  CONNECTION_REFUSED: true,
  AUTH_FAILED: false,
  PERMISSION_DENIED: false,
  MODEL_MISSING: false,
  MODEL_INCOMPATIBLE: false,
  OUT_OF_MEMORY: true,
  CONTEXT_TOO_LONG: false,
  DATASET_MISSING: false,
  DATASET_CORRUPT: false,
  PYTHON_MISSING: false,
  NO_GPU: false,
  TRAINER_FAILED: true,
  REMOTE_UNREACHABLE: true,
  DISK_FULL: true,
  CANCELLED: true,
  TIMEOUT: true,
  DISCONNECTED: true,
  INTERNAL: false,
} as const;

export type ErrorCode = keyof typeof retryableByCode;

export const errorCodes = Object.keys(retryableByCode) as [ErrorCode, ...ErrorCode[]];

export type ErrorDetails = Record<string, string | number | boolean | null>;

/** What travels over the wire. Stacks and causes stay in the log. */
export interface ErrorPayload {
  code: ErrorCode;
  message: string;
  hint?: string | undefined;
  details?: ErrorDetails | undefined;
}

export interface AppErrorOptions {
  /** The next step for the user, one sentence. */
  hint?: string | undefined;
  details?: ErrorDetails | undefined;
  cause?: unknown;
}

/** The one error class: `message` says what is, `hint` says what to do. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: ErrorDetails | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
  }

  get retryable(): boolean {
    return retryableByCode[this.code];
  }

  toPayload(): ErrorPayload {
    return { code: this.code, message: this.message, hint: this.hint, details: this.details };
  }

  static fromPayload(payload: ErrorPayload): AppError {
    return new AppError(payload.code, payload.message, payload);
  }

  /** Wraps anything thrown: an `AppError` stays, an abort becomes CANCELLED, the rest becomes INTERNAL. */
  static from(error: unknown): AppError {
    if (error instanceof AppError) return error;
    if (error instanceof Error && error.name === 'AbortError') {
      return new AppError('CANCELLED', 'The request was cancelled.', { cause: error });
    }
    const message = error instanceof Error ? error.message : String(error);
    return new AppError('INTERNAL', message, { cause: error });
  }
}
