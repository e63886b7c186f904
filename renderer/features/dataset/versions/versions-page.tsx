import { useQuery } from '@tanstack/react-query';
import { ArrowLeftRight, GitCommitHorizontal } from 'lucide-react';
import type { DatasetVersion } from '../../../../core/contract/index.ts';
import { IconButton } from '../../../components/button.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { formatCount } from '../../../lib/format-values.ts';
import { replaceRoute } from '../../../lib/navigation.ts';
import { Loading } from '../dataset-gate.tsx';
import { datasetKeys } from '../dataset-queries.ts';
import { VersionDiff } from './version-diff.tsx';

const text = copy.dataset.versions;
/** Enough to tell versions apart by eye; the whole hash is in the tooltip. */
const shownDigits = 12;

/** The splits as they once were, and what changed between two of them: `versions/<from>/<to>`. */
export function VersionsPage({ rest: [, from, to] }: { rest: string[] }) {
  const core = useCore();
  const versions = useQuery({
    queryKey: datasetKeys.versions,
    queryFn: ({ signal }) => core['dataset.versions']({}, { signal }),
  });
  if (versions.error) {
    return (
      <div className="p-6">
        <FailureNotice title={text.failed} error={versions.error} onRetry={() => void versions.refetch()} />
      </div>
    );
  }
  if (!versions.data) return <Loading />;
  if (versions.data.length === 0)
    return <EmptyState icon={GitCommitHorizontal} title={text.emptyTitle} hint={text.emptyHint} />;
  return (
    <div className="scroll h-full px-6 pb-6">
      <div className="grid max-w-[1180px] gap-4">
        <p className="text-text-2">{text.intro}</p>
        <VersionTable versions={versions.data} />
        <Comparison versions={versions.data} from={from} to={to} />
      </div>
    </div>
  );
}

function VersionTable({ versions }: { versions: readonly DatasetVersion[] }) {
  const head = 'border-b border-border bg-surface-2 px-4 py-2 text-left font-semibold';
  const cell = 'border-b border-border px-4 py-2 align-top';
  return (
    <section className="card overflow-hidden" aria-label={text.title}>
      <table className="w-full border-collapse text-s">
        <thead>
          <tr>
            {[text.version, text.examples, text.overrides, text.madeFrom].map((title) => (
              <th key={title} scope="col" className={head}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {versions.map(({ version, isCurrent, examples, inputs, damage }) => (
            <tr key={version}>
              <th scope="row" className={`${cell} text-left font-medium`} title={version}>
                <code>{version.slice(0, shownDigits)}</code>{' '}
                {isCurrent && <span className="badge bg-success-soft! text-success!">{text.current}</span>}
              </th>
              <td className={cell}>
                {examples && text.split(examples.train, examples.val, examples.test)}
                {damage !== undefined && (
                  <span className="text-danger">
                    {text.damaged}: {damage}
                  </span>
                )}
              </td>
              <td className={cell}>{inputs && formatCount(inputs.overrides)}</td>
              <td className={`${cell} text-text-2`}>
                <MadeFrom inputs={inputs} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function MadeFrom({ inputs }: { inputs: DatasetVersion['inputs'] }) {
  return (['spider', 'conversion', 'tokenizer'] as const).map((name) => {
    const hash = inputs?.[name];
    return (
      hash !== undefined && (
        <span key={name} className="mr-3 inline-block" title={hash}>
          {text.inputs[name]} <code>{shorten(hash)}</code>
        </span>
      )
    );
  });
}

/** A hash by its first digits; a name as it is. */
function shorten(input: string): string {
  return /^[0-9a-f]{16,}$/.test(input) ? input.slice(0, 8) : input;
}

interface ComparisonProps {
  versions: readonly DatasetVersion[];
  from: string | undefined;
  to: string | undefined;
}

function Comparison({ versions, ...asked }: ComparisonProps) {
  const readable = versions.filter(({ damage }) => damage === undefined).map(({ version }) => version);
  if (readable.length < 2) return <p className="text-s text-text-2">{text.needTwo}</p>;
  const { from, to } = chooseTwo(versions, readable, asked);
  const choose = (nextFrom: string, nextTo: string): void =>
    replaceRoute('dataset', 'versions', nextFrom, nextTo);
  return (
    <section className="card" aria-label={text.compare}>
      <div className="card-head">
        <h2>{text.compare}</h2>
        <span className="grow" />
        <Chooser label={text.from} versions={versions} chosen={from} onChoose={(next) => choose(next, to)} />
        <IconButton icon={ArrowLeftRight} label={text.swap} onClick={() => choose(to, from)} />
        <Chooser label={text.to} versions={versions} chosen={to} onChoose={(next) => choose(from, next)} />
      </div>
      <div className="card-body">
        {from === to ? (
          <p className="text-s text-text-2">{text.same}</p>
        ) : (
          <VersionDiff from={from} to={to} />
        )}
      </div>
    </section>
  );
}

/** What the address says, else the current version and another one. */
function chooseTwo(
  versions: readonly DatasetVersion[],
  readable: readonly string[],
  asked: { from: string | undefined; to: string | undefined },
) {
  const known = (wanted: string | undefined) =>
    wanted === undefined ? undefined : readable.find((one) => one.startsWith(wanted));
  const current = versions.find(({ isCurrent }) => isCurrent)?.version ?? readable.at(-1) ?? '';
  const to = known(asked.to) ?? current;
  return { from: known(asked.from) ?? readable.findLast((one) => one !== to) ?? to, to };
}

interface ChooserProps {
  label: string;
  versions: readonly DatasetVersion[];
  chosen: string;
  onChoose(version: string): void;
}

function Chooser({ label, versions, chosen, onChoose }: ChooserProps) {
  return (
    <label className="flex items-center gap-2 text-s text-text-2">
      {label}
      <select
        className="input small w-auto! font-mono text-text"
        value={chosen}
        onChange={({ target }) => onChoose(target.value)}
      >
        {versions.map(({ version, isCurrent, damage }) => (
          <option key={version} value={version} disabled={damage !== undefined}>
            {version.slice(0, shownDigits)}
            {isCurrent ? ` (${text.current})` : ''}
          </option>
        ))}
      </select>
    </label>
  );
}
