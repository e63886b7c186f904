import type { PartialDraft } from '../../core/contract/index.ts';
import { useEffect } from 'react';
import { navigate } from './navigation.ts';

/** What another page wants trained: the wizard opens with it, and with everything else as it proposes. */
export interface TrainingRequest {
  draft: PartialDraft;
  /** The name of the run that the draft was copied from. */
  copiedFrom?: string;
  /** The step to open. Defaults to the first. */
  step?: string;
}

let pending: TrainingRequest | undefined;
let take: ((request: TrainingRequest) => void) | undefined;

/** Opens the wizard with it; what was being typed there is kept aside and can be brought back. */
export function requestTraining(request: TrainingRequest): void {
  pending = request;
  navigate('training', 'new', ...(request.step === undefined ? [] : [request.step]));
  deliver();
}

function deliver(): void {
  if (!pending || !take) return;
  const request = pending;
  pending = undefined;
  take(request);
}

/** For the wizard: takes what is wanted now and later. */
export function useTrainingRequests(onRequest: (request: TrainingRequest) => void): void {
  useEffect(() => {
    take = onRequest;
    deliver();
    return () => {
      take = undefined;
    };
  }, [onRequest]);
}
