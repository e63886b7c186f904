import type { ErrorPayload } from '../contract/errors.ts';
import type { LoaderTarget } from '../postgres/load-rows.ts';
import type { ConversionReport } from './report.ts';

/** What a worker is told once, at its start. */
export interface WorkerSetup {
  spiderDir: string;
  unitsDir: string;
  target: LoaderTarget;
  serverVersion: string;
}

/** Reads Spider's examples and says which databases they name. */
export interface PlanTask {
  kind: 'plan';
}

export interface DatabaseTask {
  kind: 'database';
  dbId: string;
}

/** Comes when every database is done. */
export interface AssembleTask {
  kind: 'assemble';
  dbIds: string[];
  /** Is made anew. */
  folder: string;
}

export interface PlannedDatabase {
  dbId: string;
  pairs: number;
}

export type WorkerTask = PlanTask | DatabaseTask | AssembleTask;

export type WorkerReply =
  | { kind: 'plan'; databases: PlannedDatabase[] }
  | { kind: 'database'; dbId: string; pairs: number; isReused: boolean }
  | { kind: 'assemble'; report: ConversionReport }
  | { kind: 'error'; error: ErrorPayload; stack: string | undefined };
