import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, Search } from 'lucide-react';
import { useEffect } from 'react';
import { AppError, type HubRepository } from '../../../../../core/contract/index.ts';
import { Button } from '../../../../components/button.tsx';
import { FailureNotice } from '../../../../components/failure-notice.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { Spinner } from '../../../../components/spinner.tsx';
import { copy } from '../../../../copy.ts';
import { useCore } from '../../../../lib/core-context.tsx';
import { useJob } from '../../../../lib/jobs.tsx';
import { hrefOf } from '../../../../lib/navigation.ts';
import { JobLine } from '../job-line.tsx';
import { wizardKeys } from '../wizard-queries.ts';

const text = copy.wizard.base;

interface HubModelProps {
  id: string;
  revision: string | undefined;
  isHere: boolean;
  isColab: boolean;
}

/** What the hub says of a model, once it was asked; and its download, which the run would make too. */
export function HubModel({ id, revision, isHere, isColab }: HubModelProps) {
  const core = useCore();
  // Nothing leaves the machine before the user asks for it.
  const repository = useQuery({
    queryKey: ['models.hub', id, revision],
    queryFn: ({ signal }) =>
      core['models.hub']({ id, ...(revision === undefined ? {} : { revision }) }, { signal }),
    enabled: false,
    staleTime: Infinity,
  });
  if (isHere) return null;
  return (
    <section aria-label={id} className="grid gap-3 rounded-m border border-border p-3">
      <div className="flex flex-wrap items-center gap-3">
        <span className="grow font-mono text-s [overflow-wrap:anywhere]">{id}</span>
        <Button
          small
          icon={Search}
          disabled={repository.isFetching}
          onClick={() => void repository.refetch()}
        >
          {text.lookUp}
        </Button>
      </div>
      {repository.isFetching && (
        <p role="status" className="flex items-center gap-2 text-s text-text-2">
          <Spinner /> {text.lookingUp}
        </p>
      )}
      {repository.isError && !repository.isFetching && (
        <FailureNotice
          title={text.lookUpFailed}
          error={repository.error}
          onRetry={() => void repository.refetch()}
        />
      )}
      {repository.data && <Found repository={repository.data} />}
      {isColab ? (
        <p className="text-s text-text-2">{text.colabDownloads}</p>
      ) : (
        <DownloadNow id={id} revision={revision} isHere={repository.data?.folder?.here === true} />
      )}
    </section>
  );
}

function Found({ repository: { folder, licence, gated, revision } }: { repository: HubRepository }) {
  if (!folder) return <Notice tone="warning" title={text.noFolder} />;
  const facts = [
    ...(folder.architecture === undefined ? [] : [folder.architecture]),
    text.files(folder.files, folder.sizeBytes),
    licence === undefined ? text.noLicence : text.licence(licence),
    revision.slice(0, 12),
  ];
  return (
    <div className="grid gap-1 text-s">
      <p>{facts.join(' · ')}</p>
      {folder.here && <p className="text-success">{text.here}</p>}
      {gated && (
        <p className="text-warning">
          {text.gated} <a href={hrefOf('models')}>{text.toModels}</a>
        </p>
      )}
    </div>
  );
}

/** Downloads that were begun here, by id: they go on while one looks elsewhere. */
const begun = new Map<string, string>();

function DownloadNow({
  id,
  revision,
  isHere,
}: {
  id: string;
  revision: string | undefined;
  isHere: boolean;
}) {
  const core = useCore();
  const cache = useQueryClient();
  const key = `${id} ${revision ?? ''}`;
  const download = useMutation({
    mutationFn: () =>
      core['models.download']({ kind: 'hub-folder', id, ...(revision === undefined ? {} : { revision }) }),
    onSuccess: ({ jobId }) => begun.set(key, jobId),
  });
  const job = useJob(download.data?.jobId ?? begun.get(key));
  useEffect(() => {
    if (job?.state === 'succeeded') void cache.invalidateQueries({ queryKey: wizardKeys.bases });
  }, [cache, job?.state]);
  if (isHere) return null;
  return (
    <>
      {job ? (
        <JobLine job={job} />
      ) : (
        <div>
          <Button small icon={Download} disabled={download.isPending} onClick={() => download.mutate()}>
            {text.downloadNow}
          </Button>
        </div>
      )}
      {download.isError && <DownloadFailure error={download.error} />}
    </>
  );
}

function DownloadFailure({ error }: { error: unknown }) {
  const { message, hint } = AppError.from(error);
  return <Notice tone="error" title={text.downloadFailed} message={message} hint={hint} />;
}
