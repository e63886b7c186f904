import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { copy } from '../../copy.ts';

interface QueryStateProps<T> {
  query: UseQueryResult<T>;
  /** Said where it cannot be read. */
  failed: string;
  children(data: T): ReactNode;
}

/** What is read, or that it is being read, or why not. */
export function QueryState<T>({ query, failed, children }: QueryStateProps<T>) {
  if (query.isPending)
    return (
      <div role="status">
        <Spinner /> {copy.common.loading}
      </div>
    );
  if (query.isError)
    return <FailureNotice title={failed} error={query.error} onRetry={() => void query.refetch()} />;
  return children(query.data);
}
