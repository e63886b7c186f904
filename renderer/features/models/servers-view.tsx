import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Server } from 'lucide-react';
import { useState } from 'react';
import { AppError, type ModelServer } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { useModelChoice } from '../../components/loop/use-model-choice.tsx';
import { Tag } from '../../components/tag.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { useModelCatalogue } from '../../lib/models.ts';
import { queryKeys } from '../../lib/queries.ts';
import { QueryState } from './query-state.tsx';
import { ServerForm } from './server-form.tsx';

const text = copy.models.servers;

/** Servers that speak OpenAI's API, as one more source of models. */
export function ServersView() {
  const core = useCore();
  const [edited, setEdited] = useState<ModelServer>();
  const servers = useQuery({
    queryKey: [...queryKeys.models, 'servers'],
    queryFn: ({ signal }) => core['models.servers']({}, { signal }),
  });
  return (
    <>
      <p className="muted">{text.hint}</p>
      <QueryState query={servers} failed={text.failed}>
        {(found) =>
          found.length === 0 ? (
            <EmptyState icon={Server} title={text.empty} hint={text.emptyHint} />
          ) : (
            <section className="card" aria-label={copy.models.views.servers}>
              <ul className="m-0 list-none p-0">
                {found.map((server) => (
                  <ServerRow key={server.id} server={server} onEdit={() => setEdited(server)} />
                ))}
              </ul>
            </section>
          )
        }
      </QueryState>
      <ServerForm key={edited?.id ?? 'new'} server={edited} onDone={() => setEdited(undefined)} />
    </>
  );
}

function ServerRow({ server, onEdit }: { server: ModelServer; onEdit(): void }) {
  const core = useCore();
  const cache = useQueryClient();
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const inUse = useModelCatalogue().data?.inUse === server.path;
  const refresh = () => cache.invalidateQueries({ queryKey: queryKeys.models });
  const remove = useMutation({
    mutationFn: () => core['models.removeServer']({ id: server.id }),
    onError: (error) => toast(`${copy.models.actFailed}: ${AppError.from(error).message}`),
    onSettled: refresh,
  });
  const choice = useModelChoice(
    ({ name }) => toast(copy.models.used(name)),
    (error) => toast(`${copy.models.actFailed}: ${error.message}`),
  );
  const { name, url, model, apiKeyEnv, hasKey, local } = server;
  return (
    <li className="flex flex-wrap items-start gap-[12px] border-t border-border p-[16px] first:border-t-0">
      <div className="min-w-[280px] flex-1">
        <p className="flex flex-wrap items-center gap-[8px]">
          <span className="font-semibold">{name}</span>
          {inUse && <Tag tone="accent">{copy.models.inUse}</Tag>}
          <Tag tone={local ? 'plain' : 'warning'}>{local ? text.local : text.remote}</Tag>
        </p>
        <p className="text-s text-text-2">
          {[model, apiKeyEnv ?? (hasKey ? text.hasKey : undefined)].filter(Boolean).join(' · ')}
        </p>
        <p className="font-mono text-xs text-text-2 [overflow-wrap:anywhere]">{url}</p>
      </div>
      <div role="group" aria-label={copy.models.actionsOf(name)} className="flex flex-wrap gap-[8px]">
        {!inUse && (
          <Button small variant="primary" disabled={choice.isPending} onClick={() => choice.choose(server)}>
            {copy.models.use}
          </Button>
        )}
        <Button small onClick={onEdit}>
          {text.editShort}
        </Button>
        <Button small variant="ghost" disabled={remove.isPending} onClick={() => setAsking(true)}>
          {text.remove}
        </Button>
      </div>
      {asking && (
        <ConfirmDialog
          title={text.removeTitle(name)}
          text={text.removeText}
          action={text.remove}
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
