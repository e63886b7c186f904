import { useEffect } from 'react';
import { navigate } from './navigation.ts';

/** What another page wants asked or opened: on a tab of its own, unless the present one is empty. */
export interface AskRequest {
  connectionId: string;
  question?: string;
  /** Opened in the editor; not run. */
  sql?: string;
}

let pending: AskRequest | undefined;
let take: ((request: AskRequest) => void) | undefined;

/** Opens the Ask page with it. */
export function requestAsk(request: AskRequest): void {
  pending = request;
  navigate('ask');
  deliver();
}

function deliver(): void {
  if (!pending || !take) return;
  const request = pending;
  pending = undefined;
  take(request);
}

/** For the Ask page: takes what is wanted now and later. */
export function useAskRequests(onRequest: (request: AskRequest) => void): void {
  useEffect(() => {
    take = onRequest;
    deliver();
    return () => {
      take = undefined;
    };
  }, [onRequest]);
}
