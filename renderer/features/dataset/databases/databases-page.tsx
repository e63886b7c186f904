import { useQuery } from '@tanstack/react-query';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { Loading } from '../dataset-gate.tsx';
import { datasetKeys } from '../dataset-queries.ts';
import { DatabaseList } from './database-list.tsx';
import { DatabaseView } from './database-view.tsx';

/** All databases, or one of them: `databases/<dbId>/<table>`. */
export function DatabasesPage({ rest: [, dbId, table] }: { rest: string[] }) {
  const core = useCore();
  const databases = useQuery({
    queryKey: datasetKeys.databases,
    queryFn: ({ signal }) => core['dataset.databases']({}, { signal }),
    staleTime: 60_000,
  });
  if (databases.error) {
    return (
      <div className="p-6">
        <FailureNotice
          title={copy.dataset.databases.failed}
          error={databases.error}
          onRetry={() => void databases.refetch()}
        />
      </div>
    );
  }
  if (!databases.data) return <Loading />;
  if (dbId === undefined) return <DatabaseList databases={databases.data} />;
  return (
    <DatabaseView
      key={dbId}
      dbId={dbId}
      table={table}
      database={databases.data.find((one) => one.dbId === dbId)}
    />
  );
}
