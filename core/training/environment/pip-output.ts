import { AppError } from '../../contract/index.ts';

/** What a line of pip's says: the package that it has come to, and what to show. */
export function readPipLine(line: string): { name?: string; note?: string } {
  const collected =
    /^\s*(?:Collecting|Requirement already satisfied:) ([\w.-]+)/.exec(line)?.[1] ??
    /^\s*Processing \S*?([\w.]+)-\d[^/\s]*\.whl(?:\s|$)/.exec(line)?.[1];
  if (collected) return { name: collected.toLowerCase(), note: collected };
  const downloaded = /^\s*Downloading (\S+?)(?:-[\d.]+\S*)? \(([\d.]+ [kMG]?B)\)/.exec(line);
  if (downloaded) return { note: `downloading ${downloaded[1]?.split('/').at(-1)} (${downloaded[2]})` };
  return /^Installing collected packages/.test(line) ? { note: 'installing what was downloaded' } : {};
}

/** @param what the beginning of the sentence */
export function explainPipFailure(output: string, what: string): AppError {
  if (/No space left on device|Errno 28|Disk quota exceeded/i.test(output)) {
    return new AppError('DISK_FULL', `${what}: the disk is full.`, {
      hint: 'The environment takes up to 6 GB with CUDA, about 1.5 GB without. Free some space and try again: what is there is kept.',
    });
  }
  if (/ensurepip is not available|No module named '?ensurepip/.test(output)) {
    return new AppError('PYTHON_MISSING', `${what}: Python's venv module is not there.`, {
      hint: 'On Debian and Ubuntu: sudo apt install python3-venv.',
    });
  }
  if (
    /NewConnectionError|Name or service not known|Temporary failure in name resolution|Network is unreachable|ConnectTimeout|Connection refused|Could not find a version that satisfies/i.test(
      output,
    )
  ) {
    return new AppError('TRAINER_FAILED', `${what}: the package index does not answer, or lacks a package.`, {
      hint: 'Check the network or the index in pip.conf and try again, or use a Python of your own that has the packages.',
      details: { pip: lastLines(output) },
    });
  }
  return new AppError('TRAINER_FAILED', `${what}: ${lastLines(output)}`, { hint: 'Its log has the rest.' });
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' ').slice(0, 500);
}
