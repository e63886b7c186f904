import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Pencil, Plus, Server, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { AppError, type SshHost } from '../../../../../core/contract/index.ts';
import { Button, IconButton } from '../../../../components/button.tsx';
import { ConfirmDialog } from '../../../../components/dialog.tsx';
import { EmptyState } from '../../../../components/empty-state.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { copy } from '../../../../copy.ts';
import { useCore } from '../../../../lib/core-context.tsx';
import type { Wizard } from '../use-wizard.ts';
import { wizardKeys } from '../wizard-queries.ts';
import { HostForm } from './host-form.tsx';
import { HostTest } from './host-test.tsx';
import {
  draftOfKept,
  emptyHost,
  keepTypedHost,
  readTypedHost,
  valuesOf,
  type HostValues,
} from './host-values.ts';
import { useHostTest } from './use-host-test.ts';

const text = copy.wizard.where;

/** The hosts that are known, of which one is chosen; and a form for another. */
export function SshPlace({ wizard }: { wizard: Wizard }) {
  const cache = useQueryClient();
  const { facts, resolved, change } = wizard;
  const hosts = facts.known.hosts ?? [];
  const [edited, setEdited] = useState(readTypedHost);
  const edit = (values: HostValues | undefined) => {
    keepTypedHost(values);
    setEdited(values);
  };
  return (
    <>
      <section aria-label={text.hosts} className="grid gap-2">
        <div className="flex items-center gap-2">
          <h3 className="grow text-s font-semibold">{text.hosts}</h3>
          {hosts.length > 0 && !edited && (
            <Button small icon={Plus} onClick={() => edit(emptyHost)}>
              {text.addHost}
            </Button>
          )}
        </div>
        {facts.hosts.data?.length === 0 && !edited && (
          <EmptyState
            icon={Server}
            title={text.noHosts}
            hint={text.noHostsHint}
            actions={
              <Button variant="primary" icon={Plus} onClick={() => edit(emptyHost)}>
                {text.addHost}
              </Button>
            }
          />
        )}
        <ul className="grid gap-2">
          {hosts.map((host) => (
            <HostRow
              key={host.id}
              host={host}
              checked={host.id === resolved.host?.id}
              onChoose={() => change({ hostId: host.id })}
              onEdit={() => edit(valuesOf(host))}
            />
          ))}
        </ul>
      </section>
      {edited && (
        <HostForm
          key={edited.id ?? 'new'}
          initial={edited}
          existing={hosts.find(({ id }) => id === edited.id)}
          onTyped={keepTypedHost}
          onCancel={() => edit(undefined)}
          onSaved={(saved) => {
            edit(undefined);
            change({ hostId: saved.id });
            void cache.invalidateQueries({ queryKey: wizardKeys.hosts });
          }}
        />
      )}
    </>
  );
}

interface HostRowProps {
  host: SshHost;
  checked: boolean;
  onChoose(): void;
  onEdit(): void;
}

function HostRow({ host, checked, onChoose, onEdit }: HostRowProps) {
  const { state, test, trust, trustError } = useHostTest();
  const [isAsking, setAsking] = useState(false);
  const remove = useRemove(host.id);
  return (
    <li
      className={`grid gap-3 rounded-m border p-3 ${checked ? 'border-accent bg-accent-soft' : 'border-border'}`}
    >
      <div className="flex flex-wrap items-center gap-3">
        <label className="flex min-w-[220px] flex-1 cursor-pointer items-center gap-3">
          <input
            type="radio"
            className="m-0 flex-none accent-accent"
            name="host"
            checked={checked}
            aria-label={host.name}
            onChange={onChoose}
          />
          <span className="grid min-w-0">
            <span className="font-semibold [overflow-wrap:anywhere]">{host.name}</span>
            <span className="font-mono text-xs text-text-2 [overflow-wrap:anywhere]">
              {[
                text.address(host.user, host.host, host.port),
                ...(host.jump ? [text.via(host.jump.host)] : []),
              ].join(', ')}
            </span>
          </span>
        </label>
        <Button
          small
          aria-label={text.testHost(host.name)}
          disabled={state.kind === 'testing'}
          onClick={() => void test(draftOfKept(host))}
        >
          {text.test}
        </Button>
        <IconButton icon={Pencil} label={text.editHost(host.name)} onClick={onEdit} />
        <IconButton icon={Trash2} label={text.removeHost(host.name)} onClick={() => setAsking(true)} />
      </div>
      <HostTest state={state} trustError={trustError} onTrust={() => void trust()} />
      {remove.isError && <RemoveFailure error={remove.error} />}
      {isAsking && (
        <ConfirmDialog
          title={text.removeHostTitle(host.name)}
          text={text.removeHostText}
          action={copy.common.remove}
          onConfirm={() => {
            setAsking(false);
            remove.mutate();
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}

function useRemove(id: string) {
  const core = useCore();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => core['training.removeHost']({ id }),
    onSuccess: () => cache.invalidateQueries({ queryKey: wizardKeys.hosts }),
  });
}

function RemoveFailure({ error }: { error: unknown }) {
  const { message, hint } = AppError.from(error);
  return <Notice tone="error" title={text.removeFailed} message={message} hint={hint} />;
}
