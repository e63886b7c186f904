import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Cable, RotateCw } from 'lucide-react';
import type { Connection, ValueIndexStatus } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { Switch } from '../../components/switch.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { navigate } from '../../lib/navigation.ts';
import { useConnections } from '../../lib/queries.ts';
import { Section, SettingRow } from './section.tsx';

/** For each connection of the user's: whether values of its text columns are kept. */
export function ValuesSection() {
  const connections = useConnections();
  const own = connections.data?.filter(({ kind }) => kind === 'user');
  return (
    <Section title={copy.privacy.sections.values} hint={copy.privacy.valuesIntro}>
      {connections.isPending && <Spinner />}
      {connections.isError && (
        <FailureNotice
          title={copy.privacy.valuesFailed}
          error={connections.error}
          onRetry={() => void connections.refetch()}
        />
      )}
      {own?.length === 0 && (
        <EmptyState
          icon={Cable}
          title={copy.privacy.valuesNone}
          hint={copy.privacy.valuesNoneHint}
          actions={
            <Button onClick={() => navigate('connections', 'new')}>{copy.privacy.addConnection}</Button>
          }
        />
      )}
      {own?.map((connection) => (
        <ConnectionValues key={connection.id} connection={connection} />
      ))}
    </Section>
  );
}

const readingPollMs = 1_000;

function ConnectionValues({ connection: { id, name } }: { connection: Connection }) {
  const core = useCore();
  const cache = useQueryClient();
  const queryKey = ['values', id];
  const status = useQuery({
    queryKey,
    queryFn: ({ signal }) => core['schema.valueStatus']({ connectionId: id }, { signal }),
    refetchInterval: ({ state }) => (state.data?.isReading ? readingPollMs : false),
  });
  const change = useMutation({
    mutationFn: (act: 'enable' | 'disable' | 'refresh') => {
      const input = { connectionId: id };
      if (act === 'enable') return core['schema.enableValues'](input);
      return act === 'disable' ? core['schema.disableValues'](input) : core['schema.refreshValues'](input);
    },
    onSuccess: (next) => cache.setQueryData(queryKey, next),
  });
  const failure = change.error ?? status.error;
  return (
    <SettingRow label={name} hint={status.data && describe(status.data)}>
      {failure && (
        <FailureNotice
          title={copy.privacy.valuesFailed}
          error={failure}
          onRetry={() => {
            change.reset();
            void status.refetch();
          }}
        />
      )}
      {(status.isPending || change.isPending) && <Spinner />}
      {status.data?.enabled && !status.data.isReading && (
        <Button small variant="ghost" icon={RotateCw} onClick={() => change.mutate('refresh')}>
          {copy.privacy.valuesRefresh}
        </Button>
      )}
      {status.data && (
        <Switch
          label={copy.privacy.valuesOf(name)}
          hint={copy.privacy.valuesIntro}
          checked={status.data.enabled}
          onChange={(checked) => change.mutate(checked ? 'enable' : 'disable')}
        />
      )}
    </SettingRow>
  );
}

function describe({ enabled, isReading, valueCount, columns, failure }: ValueIndexStatus): string {
  if (!enabled) return copy.privacy.valuesOff;
  const leftOut = columns.filter((column) => column.leftOut !== undefined).length;
  const kept = copy.privacy.valuesKept(valueCount, columns.length - leftOut);
  return [
    isReading ? copy.privacy.valuesReading : kept,
    ...(leftOut > 0 ? [`${copy.privacy.valuesLeftOut(leftOut)}.`] : []),
    ...(failure ? [failure] : []),
  ].join(' ');
}
