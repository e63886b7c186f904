import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from '../../components/button.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Switch } from '../../components/switch.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { formatMoment } from '../../lib/format-values.ts';
import { keepPreference, usePreferences } from '../../lib/preferences.ts';
import { Section, SettingRow } from './section.tsx';

const queryKey = ['app.updateStatus'];

/** Updates are off until they are turned on here; how far they are available depends on how the app runs. */
export function UpdatesSection() {
  const core = useCore();
  const cache = useQueryClient();
  const { updates = false } = usePreferences();
  const status = useQuery({ queryKey, queryFn: ({ signal }) => core['app.updateStatus']({}, { signal }) });
  const check = useMutation({
    mutationFn: () => core['app.checkForUpdates']({}),
    onSuccess: (next) => cache.setQueryData(queryKey, next),
  });
  const isUnavailable = status.data?.state === 'unavailable';
  const failure = check.error ?? status.error;
  return (
    <Section title={copy.privacy.sections.updates} hint={copy.privacy.updatesHint}>
      {failure && (
        <FailureNotice
          title={copy.privacy.updateStates.failed}
          error={failure}
          onRetry={() => {
            check.reset();
            void status.refetch();
          }}
        />
      )}
      <SettingRow
        label={status.data ? copy.privacy.updateStates[status.data.state] : copy.common.loading}
        hint={[
          status.data?.message,
          status.data?.version && copy.privacy.updateVersion(status.data.version),
          status.data?.checkedAt && copy.privacy.checkedAt(formatMoment(status.data.checkedAt)),
        ]
          .filter(Boolean)
          .join(' ')}
      >
        {updates && !isUnavailable && (
          <Button disabled={check.isPending} onClick={() => check.mutate()}>
            {copy.privacy.checkNow}
          </Button>
        )}
        <Switch
          label={copy.privacy.updates}
          hint={copy.privacy.updatesHint}
          checked={updates}
          onChange={(checked) =>
            void keepPreference('updates', checked).then(() => cache.invalidateQueries({ queryKey }))
          }
        />
      </SettingRow>
    </Section>
  );
}
