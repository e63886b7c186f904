import { AppError } from '../contract/index.ts';

/** Where the core asks for a reason, a terminal gives it with an option. */
export async function nameReason<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (thrown) {
    const { code, message, details } = AppError.from(thrown);
    if (details?.['needsReason'] !== true) throw thrown;
    throw new AppError(code, message, {
      hint: 'Keep the model in use; or say why with `--because "…"`.',
      details,
    });
  }
}
