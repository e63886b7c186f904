import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { DatasetDiff } from '../../../../core/contract/index.ts';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { formatCount } from '../../../lib/format-values.ts';
import { Loading } from '../dataset-gate.tsx';
import { datasetKeys } from '../dataset-queries.ts';
import { hrefOfPlace } from '../examples/example-place.ts';
import { labelOf, noSearch } from '../examples/search-address.ts';

const text = copy.dataset.versions;
const splitOf = (split: string): string => labelOf('split', split, copy.dataset.values);
const kinds = ['added', 'removed', 'changed', 'moved'] as const;

/** What was added, removed, changed field by field, and moved between splits. */
export function VersionDiff({ from, to }: { from: string; to: string }) {
  const core = useCore();
  const diff = useQuery({
    queryKey: datasetKeys.diff(from, to),
    queryFn: ({ signal }) => core['dataset.diff']({ from, to }, { signal }),
    staleTime: Infinity,
  });
  if (diff.error) {
    return <FailureNotice title={text.diffFailed} error={diff.error} onRetry={() => void diff.refetch()} />;
  }
  if (!diff.data) return <Loading />;
  const { counts } = diff.data;
  const isSame = kinds.every((kind) => counts[kind] === 0);
  return (
    <div className="grid gap-5">
      <p className="flex flex-wrap gap-2 text-s" role="status">
        {[...kinds, 'unchanged' as const].map((kind) => (
          <span key={kind} className="badge">
            {formatCount(counts[kind])} {text.counts[kind]}
          </span>
        ))}
      </p>
      {isSame && <p>{text.nothing}</p>}
      {kinds.map((kind) => (
        <Part key={kind} kind={kind} diff={diff.data} />
      ))}
    </div>
  );
}

function Part({ kind, diff }: { kind: (typeof kinds)[number]; diff: DatasetDiff }) {
  const count = diff.counts[kind];
  const shown = diff[kind].length;
  if (count === 0) return null;
  return (
    <section className="grid gap-2" aria-label={text.counts[kind]}>
      <h3 className="m-0 text-m font-semibold first-letter:uppercase">
        {text.counts[kind]} <span className="badge">{formatCount(count)}</span>
      </h3>
      {shown < count && <p className="text-s text-text-2">{text.firstOf(shown, count)}</p>}
      <ul className="grid gap-2">
        {kind === 'changed'
          ? diff.changed.map((change) => <Changed key={change.id} {...change} />)
          : kind === 'moved'
            ? diff.moved.map(({ id, from, to }) => (
                <Line key={id} id={id} note={text.movedTo(splitOf(from), splitOf(to))} />
              ))
            : diff[kind].map(({ id, split, dbId, question, sql }) => (
                <Line key={id} id={id} note={`${dbId} · ${splitOf(split)}`}>
                  <p>{question}</p>
                  <code className="break-words text-text-2">{sql}</code>
                </Line>
              ))}
      </ul>
    </section>
  );
}

function Line({ id, note, children }: { id: string; note?: string; children?: ReactNode }) {
  return (
    <li className="grid gap-1 rounded-m border border-border px-3 py-2 text-s">
      <p className="flex gap-3">
        <a href={hrefOfPlace({ id, search: noSearch })}>{id}</a>
        <span className="text-text-2">{note}</span>
      </p>
      {children}
    </li>
  );
}

function Changed({ id, fields }: DatasetDiff['changed'][number]) {
  const head = 'border-b border-border px-2 py-1 text-left text-xs font-semibold text-text-2';
  return (
    <Line id={id}>
      <table className="w-full table-fixed border-collapse">
        <thead>
          <tr>
            <th scope="col" className={`${head} w-[140px]`}>
              {text.field}
            </th>
            <th scope="col" className={head}>
              {text.before}
            </th>
            <th scope="col" className={head}>
              {text.after}
            </th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(fields).map(([name, values]) => (
            <tr key={name}>
              <th scope="row" className="px-2 py-1 text-left align-top font-mono text-xs font-medium">
                {name}
              </th>
              <Value value={values.old} tone="bg-danger-soft" />
              <Value value={values.new} tone="bg-success-soft" />
            </tr>
          ))}
        </tbody>
      </table>
    </Line>
  );
}

function Value({ value, tone }: { value: string | null; tone: string }) {
  return (
    <td className="px-2 py-1 align-top">
      {value === null ? (
        <span className="text-text-2 italic">{text.absent}</span>
      ) : (
        <div
          className={`scroll max-h-[160px] rounded-s px-2 py-1 font-mono text-xs break-words whitespace-pre-wrap ${tone}`}
        >
          {value}
        </div>
      )}
    </td>
  );
}
