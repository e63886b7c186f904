import { useQuery } from '@tanstack/react-query';
import { Monitor, Moon, Sun } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ModelInfo, ServerStatus } from '../../../core/contract/index.ts';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { formatBytes } from '../../lib/format-values.ts';
import { setPreference, usePreferences, type Theme } from '../../lib/preferences.ts';
import { queryKeys, useAppInfo } from '../../lib/queries.ts';

export function SettingsPage() {
  const core = useCore();
  const appInfo = useAppInfo();
  const models = useQuery({
    queryKey: queryKeys.models,
    queryFn: ({ signal }) => core['models.list']({}, { signal }),
  });
  const server = useQuery({
    queryKey: queryKeys.server,
    queryFn: ({ signal }) => core['postgres.serverStatus']({}, { signal }),
  });
  const unread = [appInfo, models, server].filter(({ isError }) => isError);
  const shown = (text: string | undefined, query: { isError: boolean }) =>
    text ?? (query.isError ? copy.settings.unknown : copy.common.loading);
  return (
    <div className="page text-page scroll">
      <div className="page-inner">
        <div className="page-head">
          <h1>{copy.pages.settings}</h1>
        </div>
        {unread[0] && (
          <FailureNotice
            title={copy.settings.loadFailed}
            error={unread[0].error}
            onRetry={() => unread.forEach((query) => void query.refetch())}
          />
        )}
        <Section title={copy.settings.appearance}>
          <ThemeChoice />
        </Section>
        <Section title={copy.settings.kept}>
          <dl className="facts">
            <dt>{copy.settings.dataDir}</dt>
            <dd className="mono">{shown(appInfo.data?.dataDir, appInfo)}</dd>
            <dt>{copy.settings.secrets}</dt>
            <dd>{shown(appInfo.data?.secretStoreNote, appInfo)}</dd>
            <dt>{copy.settings.server}</dt>
            <dd>{shown(server.data && describeServer(server.data), server)}</dd>
          </dl>
        </Section>
        <Section title={copy.settings.models}>
          {models.data?.map((model) => (
            <ModelLine key={model.path} model={model} />
          ))}
          {models.data?.length === 0 && <p className="muted">{copy.settings.noModels}</p>}
        </Section>
        <Section title={copy.settings.about}>
          <dl className="facts">
            <dt>{copy.settings.version}</dt>
            <dd>{shown(appInfo.data?.version, appInfo)}</dd>
          </dl>
          <p className="muted">{copy.settings.privacy}</p>
        </Section>
      </div>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
      </div>
      <div className="card-body">{children}</div>
    </section>
  );
}

const themeIcons = { light: Sun, dark: Moon, system: Monitor };
const themes: Theme[] = ['light', 'dark', 'system'];

function ThemeChoice() {
  const { theme } = usePreferences();
  return (
    <div className="segmented" role="radiogroup" aria-label={copy.settings.theme}>
      {themes.map((one) => {
        const Icon = themeIcons[one];
        return (
          <label key={one}>
            <input
              type="radio"
              name="theme"
              value={one}
              checked={theme === one}
              onChange={() => setPreference('theme', one)}
            />
            <Icon aria-hidden />
            {copy.settings.themes[one]}
          </label>
        );
      })}
    </div>
  );
}

function ModelLine({ model }: { model: ModelInfo }) {
  const parameters =
    model.parameters === undefined ? [] : [`${(model.parameters / 1e6).toFixed(1)} M parameters`];
  return (
    <div>
      <p className="connection-name">{model.name}</p>
      <p className="muted">
        {[
          model.architecture,
          ...parameters,
          model.quantization,
          formatBytes(model.sizeBytes),
          copy.settings.context(model.contextSize),
        ].join(' · ')}
      </p>
      <p className="muted mono">{model.path}</p>
    </div>
  );
}

function describeServer({ state, version, port, message }: ServerStatus): string {
  const where = port === undefined ? [] : [copy.settings.serverPort(port)];
  const what = version === undefined ? [] : [`PostgreSQL ${version}`];
  return [copy.settings.serverState[state], ...what, ...where, ...(message ? [message] : [])].join(', ');
}
