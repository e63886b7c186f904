import { admitRequest, type AdmittedRequest } from '../../network/index.ts';
import { runPython } from './run-python.ts';

/** Files of the public index come from another host than its lists. */
const fileHosts: Record<string, string> = { 'pypi.org': 'files.pythonhosted.org' };

/** What pip is told by its own files and the environment: `name → value`, the nearest setting last. */
export function readPipSettings(output: string): Map<string, string> {
  const lines = output.split('\n').map((line) => /^([\w:-]*)\.([\w-]+)='(.*)'$/.exec(line.trim()));
  const settings = new Map<string, string>();
  for (const scope of ['global', 'install', ':env:']) {
    for (const [, where, name = '', value = ''] of lines.filter((line) => line !== null)) {
      if (where === scope) settings.set(name, value);
    }
  }
  return settings;
}

/** The addresses that `pip install` asks; none where it may use folders only. */
export function listIndexes(settings: ReadonlyMap<string, string>): URL[] {
  const isOff = /^(1|true|yes|on)$/i.test(settings.get('no-index') ?? '');
  const indexes = isOff
    ? []
    : [settings.get('index-url') ?? 'https://pypi.org/simple', ...words(settings.get('extra-index-url'))];
  const links = words(settings.get('find-links')).filter((link) => /^https?:/.test(link));
  return [...indexes, ...links].filter((text) => URL.canParse(text)).map((text) => new URL(text));
}

function words(text = ''): string[] {
  // Several lines of pip.conf are printed with `\n` between them.
  return text.split(/\s+|\\n/).filter(Boolean);
}

interface PipCall {
  python: string;
  trainerDir: string;
  signal: AbortSignal;
}

/**
 * pip opens its own connections: the gate is asked for each host before it starts, and told when it has ended.
 * @throws AppError PERMISSION_DENIED in offline mode
 */
export async function admitIndexes(call: PipCall): Promise<(succeeded: boolean) => void> {
  const { stdout } = await runPython({ ...call, args: ['-m', 'pip', 'config', 'list'] });
  const admitted: AdmittedRequest[] = [];
  const end = (succeeded: boolean): void => {
    for (const one of admitted) one.end({ outcome: succeeded ? 'succeeded' : 'failed' });
  };
  try {
    for (const { hostname, port, protocol } of listIndexes(readPipSettings(stdout))) {
      for (const host of [hostname, fileHosts[hostname]]) {
        if (host === undefined) continue;
        admitted.push(
          admitRequest({
            ...{ host, port: Number(port) || (protocol === 'http:' ? 80 : 443), method: 'GET' },
            ...{ purpose: 'training', initiator: 'pip, for the training environment' },
          }),
        );
      }
    }
  } catch (error) {
    end(false);
    throw error;
  }
  return end;
}
