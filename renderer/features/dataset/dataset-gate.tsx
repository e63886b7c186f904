import { FolderInput, TableProperties } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { copy } from '../../copy.ts';
import { navigate } from '../../lib/navigation.ts';
import { useDatasetStatus } from './dataset-queries.ts';

const text = copy.dataset.gate;

/** Shows its children once there is a dataset to show; else what is missing, and the way to it. */
export function DatasetGate({ children }: { children: ReactNode }) {
  const status = useDatasetStatus();
  if (status.data?.state === 'ready') return children;
  if (status.error) {
    return (
      <div className="p-6">
        <FailureNotice title={text.failed} error={status.error} onRetry={() => void status.refetch()} />
      </div>
    );
  }
  if (!status.data) return <Loading />;
  return <NoDataset isPartial={status.data.state === 'partial'} folder={status.data.folder} />;
}

export function Loading() {
  return (
    <div className="empty-state h-full" role="status">
      <Spinner size={24} />
      {copy.common.loading}
    </div>
  );
}

function NoDataset({ isPartial, folder }: { isPartial: boolean; folder: string }) {
  return (
    <EmptyState
      icon={isPartial ? TableProperties : FolderInput}
      title={isPartial ? text.partialTitle : text.missingTitle}
      hint={isPartial ? text.partialHint : text.missingHint}
      actions={
        <>
          <Button variant="primary" onClick={() => navigate('dataset', 'pipeline')}>
            {text.toPipeline}
          </Button>
          <p className="muted text-xs break-all">{text.where(folder)}</p>
        </>
      }
    />
  );
}
