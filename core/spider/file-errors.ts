import { AppError } from '../contract/errors.ts';
import { manualSteps } from './manual-steps.ts';

/**
 * The error for a file operation that the system refused: what it means and what to do, with the file's name.
 * What is no refusal of the system comes back as it is.
 */
export function describeFileError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  const { code, path = file } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return new AppError('DATASET_MISSING', `There is nothing at ${path}.`, {
        hint: manualSteps(),
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new AppError('PERMISSION_DENIED', `${path} may not be read or written by this user (${code}).`, {
        hint: `Give your user access, for example \`chmod u+rw ${path}\`, and try again.`,
        cause: error,
      });
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      // The system names no file when a write fails.
      return new AppError('DISK_FULL', `There is no room left to write ${path} (${code}).`, {
        hint: 'Free about 1 GB on that disk, or choose another with --data-dir. What was there before is kept.',
        cause: error,
      });
    case 'EISDIR':
    case 'ENOTDIR':
      return new AppError('INVALID_INPUT', `${path} is a folder where a file is expected, or the reverse.`, {
        hint: 'Give the path of spider.zip, or of the folder that holds dev.json.',
        cause: error,
      });
    case 'EIO':
      return new AppError('DATASET_CORRUPT', `The disk cannot read ${path} (EIO).`, {
        hint: 'Copy the file to another disk, or download it again.',
        cause: error,
      });
    default:
      return error;
  }
}
