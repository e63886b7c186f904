import { useQuery } from '@tanstack/react-query';
import { Copy, FolderOpen } from 'lucide-react';
import type { Place } from '../../../core/contract/index.ts';
import { IconButton } from '../../components/button.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { copyText } from '../../lib/clipboard.ts';
import { useCore } from '../../lib/core-context.tsx';
import { formatBytes } from '../../lib/format-values.ts';
import { useAppInfo } from '../../lib/queries.ts';
import { findShell } from '../../lib/shell.ts';
import { Section } from './section.tsx';

/** Where everything lies, and how large it is. */
export function StorageSection() {
  const core = useCore();
  const info = useAppInfo();
  const places = useQuery({
    queryKey: ['app.places'],
    queryFn: ({ signal }) => core['app.places']({}, { signal }),
  });
  return (
    <Section title={copy.settings.kept} hint={copy.privacy.storageIntro}>
      {places.isPending && <Spinner />}
      {places.isError && (
        <FailureNotice
          title={copy.privacy.storageFailed}
          error={places.error}
          onRetry={() => void places.refetch()}
        />
      )}
      <ul className="grid list-none gap-[12px] p-0">
        {places.data?.map((place) => (
          <PlaceRow key={place.id} place={place} />
        ))}
        <li>
          <p className="font-semibold">{copy.privacy.secrets}</p>
          <p className="muted text-s">{info.data?.secretStoreNote}</p>
        </li>
        <li>
          <p className="font-semibold">{copy.privacy.logs}</p>
          <p className="muted text-s">{copy.privacy.logsNote}</p>
        </li>
      </ul>
    </Section>
  );
}

function PlaceRow({ place: { id, path, exists, files, bytes, atLeast } }: { place: Place }) {
  const toast = useToast();
  const shell = findShell();
  const name = copy.privacy.places[id];
  const size = exists ? copy.privacy.size(files, formatBytes(bytes), atLeast) : copy.privacy.notThere;
  async function copyPath(): Promise<void> {
    toast((await copyText(path)) ? copy.common.copied : copy.common.copyFailed);
  }
  return (
    <li className="flex items-start gap-[12px]">
      <div className="min-w-0 flex-1">
        <p>
          <span className="font-semibold">{name}</span> <span className="muted">{size}</span>
        </p>
        <p className="font-mono text-xs text-text-2 [overflow-wrap:anywhere]">{path}</p>
      </div>
      {shell && exists && (
        <IconButton
          icon={FolderOpen}
          label={copy.privacy.revealOf(name)}
          onClick={() => void shell.revealPath(path)}
        />
      )}
      <IconButton icon={Copy} label={copy.privacy.copyPathOf(name)} onClick={() => void copyPath()} />
    </li>
  );
}
