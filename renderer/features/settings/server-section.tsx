import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ServerStatus } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { queryKeys } from '../../lib/queries.ts';
import { Section, SettingRow } from './section.tsx';

/** The embedded PostgreSQL: its state, and the two things that can be done with it. */
export function ServerSection() {
  const core = useCore();
  const cache = useQueryClient();
  const toast = useToast();
  const [asks, setAsks] = useState(false);
  const server = useQuery({
    queryKey: queryKeys.server,
    queryFn: ({ signal }) => core['postgres.serverStatus']({}, { signal }),
  });
  const act = useMutation({
    mutationFn: (what: 'stop' | 'reset') =>
      what === 'stop' ? core['postgres.stopServer']({}) : core['postgres.resetServer']({}),
    onSuccess: (status, what) => {
      cache.setQueryData(queryKeys.server, status);
      toast(what === 'stop' ? copy.privacy.serverStopped : copy.privacy.serverReset);
    },
  });
  const failure = act.error ?? server.error;
  return (
    <Section title={copy.settings.server} hint={copy.privacy.serverIntro}>
      {failure && (
        <FailureNotice
          title={copy.privacy.serverFailed}
          error={failure}
          onRetry={() => {
            act.reset();
            void server.refetch();
          }}
        />
      )}
      <SettingRow label={server.data ? describe(server.data) : copy.settings.server}>
        {(server.isPending || act.isPending) && <Spinner />}
        <Button
          disabled={server.data?.state !== 'running' || act.isPending}
          onClick={() => act.mutate('stop')}
        >
          {copy.privacy.stopServer}
        </Button>
        <Button variant="danger" disabled={act.isPending} onClick={() => setAsks(true)}>
          {copy.privacy.resetServer}
        </Button>
      </SettingRow>
      {asks && (
        <ConfirmDialog
          title={copy.privacy.resetServerTitle}
          text={copy.privacy.resetServerText}
          action={copy.privacy.resetServer}
          onConfirm={() => {
            setAsks(false);
            act.mutate('reset');
          }}
          onClose={() => setAsks(false)}
        />
      )}
    </Section>
  );
}

function describe({ state, version, port, message }: ServerStatus): string {
  const where = port === undefined ? [] : [copy.settings.serverPort(port)];
  const what = version === undefined ? [] : [`PostgreSQL ${version}`];
  return [copy.settings.serverState[state], ...what, ...where, ...(message ? [message] : [])].join(', ');
}
