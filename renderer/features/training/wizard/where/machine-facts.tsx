import type { MachineInfo } from '../../../../../core/contract/index.ts';
import { Notice } from '../../../../components/notice.tsx';
import { copy } from '../../../../copy.ts';
import { formatBytes } from '../../../../lib/format-values.ts';

const text = copy.wizard.where;

/** What a machine has for training, of this machine or of a host. */
export function MachineFacts({ machine }: { machine: MachineInfo }) {
  const { gpus, cudaVersion, cores, memoryBytes, freeDiskBytes, python, environmentReady } = machine;
  const driver = gpus.find((gpu) => gpu.driver !== undefined)?.driver;
  const facts: [string, string][] = [
    [text.facts.gpu, gpus.length === 0 ? text.noGpu : gpus.map(describeGpu).join('\n')],
    ...(gpus.length === 0
      ? []
      : ([
          [
            text.facts.cuda,
            [cudaVersion ?? text.noCuda, driver === undefined ? '' : text.driver(driver)]
              .filter(Boolean)
              .join(', '),
          ],
        ] satisfies [string, string][])),
    [text.facts.processor, text.cores(cores)],
    [text.facts.memory, formatBytes(memoryBytes)],
    [text.facts.disk, formatBytes(freeDiskBytes)],
    [text.facts.python, python ? text.python(python.version, python.path) : text.noPython],
    [text.facts.environment, environmentReady ? text.environmentReady : text.environmentMissing],
  ];
  return (
    <>
      <dl className="grid grid-cols-[120px_minmax(0,1fr)] gap-x-4 gap-y-1 text-s">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-text-2">{name}</dt>
            <dd className="whitespace-pre-line [overflow-wrap:anywhere]">{value}</dd>
          </div>
        ))}
      </dl>
      {machine.problems.length > 0 && (
        <Notice tone="warning" title={text.problems} message={machine.problems.join('\n')} />
      )}
    </>
  );
}

function describeGpu({ name, memoryBytes, freeBytes }: MachineInfo['gpus'][number]): string {
  return text.gpu(name, memoryBytes, freeBytes);
}
