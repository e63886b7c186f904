import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Layers } from 'lucide-react';
import { useId } from 'react';
import type { AdapterInfo } from '../../../core/contract/index.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Tag } from '../../components/tag.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { formatBytes } from '../../lib/format-values.ts';
import { queryKeys, useConnections } from '../../lib/queries.ts';
import { DeleteButton } from './delete-button.tsx';
import { OriginLink } from './model-row.tsx';
import { QueryState } from './query-state.tsx';

const text = copy.models.adapters;

/** LoRA adapters, and which of them answers the questions of which connection. */
export function AdaptersView() {
  const core = useCore();
  const adapters = useQuery({
    queryKey: [...queryKeys.models, 'adapters'],
    queryFn: ({ signal }) => core['models.adapters']({}, { signal }),
  });
  return (
    <>
      <p className="muted">{text.hint}</p>
      <QueryState query={adapters} failed={text.failed}>
        {(found) =>
          found.length === 0 ? (
            <EmptyState icon={Layers} title={text.empty} hint={text.emptyHint} />
          ) : (
            <>
              <section className="card" aria-label={copy.models.views.adapters}>
                <ul className="m-0 list-none p-0">
                  {found.map((adapter) => (
                    <AdapterRow key={adapter.path} adapter={adapter} />
                  ))}
                </ul>
              </section>
              <ConnectionAdapters adapters={found.filter(({ kind }) => kind === 'gguf')} />
            </>
          )
        }
      </QueryState>
    </>
  );
}

function AdapterRow({ adapter }: { adapter: AdapterInfo }) {
  const { name, kind, base, rank, sizeBytes, origin, fits, misfit, path, owned } = adapter;
  const facts = [
    base,
    rank === undefined ? undefined : text.rank(rank),
    formatBytes(sizeBytes),
    origin?.licence,
  ];
  return (
    <li className="flex flex-wrap items-start gap-[12px] border-t border-border p-[16px] first:border-t-0">
      <div className="min-w-[280px] flex-1">
        <p className="flex flex-wrap items-center gap-[8px]">
          <span className="font-semibold [overflow-wrap:anywhere]">{name}</span>
          <Tag>{kind === 'gguf' ? text.gguf : text.peft}</Tag>
          {fits !== undefined && (
            <Tag tone={fits ? 'success' : 'warning'}>{fits ? text.fits : text.misfit}</Tag>
          )}
        </p>
        <p className="text-s text-text-2">
          {facts.filter(Boolean).join(' · ')}
          {origin && (
            <>
              {' · '}
              <OriginLink origin={origin} />
            </>
          )}
        </p>
        {misfit && <p className="text-s">{misfit}</p>}
        <p className="font-mono text-xs text-text-2 [overflow-wrap:anywhere]">{path}</p>
      </div>
      {owned && <DeleteButton name={name} path={path} sizeBytes={sizeBytes} />}
    </li>
  );
}

function ConnectionAdapters({ adapters }: { adapters: AdapterInfo[] }) {
  const core = useCore();
  const cache = useQueryClient();
  const toast = useToast();
  const connections = useConnections();
  const key = [...queryKeys.models, 'connection-adapters'];
  const chosen = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => core['models.connectionAdapters']({}, { signal }),
  });
  const choose = useMutation({
    mutationFn: ({ id, path }: { id: string; path: string }) =>
      core['models.setConnectionAdapter']({ connectionId: id, ...(path === '' ? {} : { path }) }),
    onSuccess: (now) => {
      cache.setQueryData(key, now);
      toast(text.chosen);
    },
  });
  if (!connections.data || !chosen.data) return null;
  return (
    <section className="card" aria-label={text.perConnection}>
      <div className="card-head">
        <h2>{text.perConnection}</h2>
      </div>
      <div className="card-body grid gap-[12px]">
        <p className="muted">{text.perConnectionHint}</p>
        {choose.isError && (
          <FailureNotice title={text.chooseFailed} error={choose.error} onRetry={() => choose.reset()} />
        )}
        {connections.data.map(({ id, name }) => (
          <ConnectionChoice
            key={id}
            name={name}
            adapters={adapters}
            chosen={chosen.data[id] ?? ''}
            disabled={choose.isPending}
            onChoose={(path) => choose.mutate({ id, path })}
          />
        ))}
      </div>
    </section>
  );
}

interface ChoiceProps {
  name: string;
  adapters: AdapterInfo[];
  chosen: string;
  disabled: boolean;
  onChoose(path: string): void;
}

function ConnectionChoice({ name, adapters, chosen, disabled, onChoose }: ChoiceProps) {
  const id = useId();
  const isGone = chosen !== '' && !adapters.some(({ path }) => path === chosen);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,2fr)] items-center gap-[12px]">
      <label htmlFor={id} className="[overflow-wrap:anywhere]">
        {name}
        <span className="visually-hidden">: {text.choose(name)}</span>
      </label>
      <select
        id={id}
        className="input"
        value={chosen}
        disabled={disabled}
        onChange={(event) => onChoose(event.target.value)}
      >
        <option value="">{text.none}</option>
        {isGone && <option value={chosen}>{chosen}</option>}
        {adapters.map(({ path, name: adapter, fits }) => (
          <option key={path} value={path} disabled={fits === false && path !== chosen}>
            {fits === false ? `${adapter} (${text.misfit})` : adapter}
          </option>
        ))}
      </select>
    </div>
  );
}
