import { useSyncExternalStore } from 'react';
import {
  AppError,
  type CoreClient,
  type DoctorReport,
  type TrainingDraft,
  type TrainingEstimate,
} from '../../../../core/contract/index.ts';

/** Of one draft, told by its key. */
export type CheckState<Result> =
  | { kind: 'none' }
  | { kind: 'running'; key: string; startedAt: number; measures: boolean }
  | { kind: 'done'; key: string; result: Result; measured: boolean; at: string }
  | { kind: 'failed'; key: string; error: AppError };

/** A minute or more of work that goes on while one looks at another step or page, until it is cancelled. */
class Check<Result> {
  #state: CheckState<Result> = { kind: 'none' };
  #controller: AbortController | undefined;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly read = (): CheckState<Result> => this.#state;

  async run(key: string, measures: boolean, work: (signal: AbortSignal) => Promise<Result>): Promise<void> {
    this.#controller?.abort();
    const controller = new AbortController();
    this.#controller = controller;
    this.#change({ kind: 'running', key, startedAt: Date.now(), measures });
    try {
      const result = await work(controller.signal);
      if (this.#controller !== controller) return;
      this.#change({ kind: 'done', key, result, measured: measures, at: new Date().toISOString() });
    } catch (error) {
      if (this.#controller === controller) this.#change({ kind: 'failed', key, error: AppError.from(error) });
    }
  }

  cancel(): void {
    this.#controller?.abort();
  }

  forget(): void {
    this.#controller?.abort();
    this.#controller = undefined;
    this.#change({ kind: 'none' });
  }

  #change(state: CheckState<Result>): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

const doctor = new Check<DoctorReport>();
const estimate = new Check<TrainingEstimate>();

/** The same for drafts that differ in their name only. */
export function keyOfDraft(draft: TrainingDraft): string {
  return JSON.stringify({ ...draft, name: '' });
}

export function useDoctor(): CheckState<DoctorReport> {
  return useSyncExternalStore(doctor.subscribe, doctor.read);
}

export function useEstimate(): CheckState<TrainingEstimate> {
  return useSyncExternalStore(estimate.subscribe, estimate.read);
}

/** @param python the user's own on this machine, for a run that trains elsewhere; empty: the app's environment */
export function runDoctor(core: CoreClient, draft: TrainingDraft, python: string): void {
  const ask = (signal: AbortSignal) =>
    core['training.doctor']({ draft, ...usedHere(draft, python) }, { signal });
  void doctor.run(keyOfDraft(draft), false, ask);
}

/**
 * @param measure times some steps of the run on this machine
 * @param python as for the doctor
 */
export function runEstimate(core: CoreClient, draft: TrainingDraft, measure: boolean, python: string): void {
  const input = { draft, measure, ...usedHere(draft, python) };
  const ask = (signal: AbortSignal) => core['training.estimate'](input, { signal });
  void estimate.run(keyOfDraft(draft), measure, ask);
}

function usedHere({ target }: TrainingDraft, python: string): { python?: string } {
  const typed = python.trim();
  return target.kind === 'local' || typed === '' ? {} : { python: typed };
}

export const cancelDoctor = (): void => doctor.cancel();
export const cancelEstimate = (): void => estimate.cancel();

/** After a start, and between tests. */
export function forgetChecks(): void {
  doctor.forget();
  estimate.forget();
}
