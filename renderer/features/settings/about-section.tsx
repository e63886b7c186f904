import { FailureNotice } from '../../components/failure-notice.tsx';
import { copy } from '../../copy.ts';
import { useAppInfo } from '../../lib/queries.ts';
import { Section } from './section.tsx';

export function AboutSection() {
  const info = useAppInfo();
  return (
    <Section title={copy.settings.about} hint={copy.settings.privacy}>
      {info.isError && (
        <FailureNotice
          title={copy.settings.loadFailed}
          error={info.error}
          onRetry={() => void info.refetch()}
        />
      )}
      <dl className="facts">
        <dt>{copy.settings.version}</dt>
        <dd>{info.data?.version ?? copy.common.loading}</dd>
        <dt>{copy.privacy.platform}</dt>
        <dd>{info.data?.platform ?? copy.common.loading}</dd>
      </dl>
    </Section>
  );
}
