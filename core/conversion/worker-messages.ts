import type { ErrorPayload } from '../contract/errors.ts';
import type { LoaderTarget } from '../postgres/load-rows.ts';
import type { SpiderExample } from '../spider/index.ts';
import type { ConversionReport } from './report.ts';

/** What a worker is told once, at its start. */
export interface WorkerSetup {
  spiderDir: string;
  unitsDir: string;
  target: LoaderTarget;
  serverVersion: string;
}

export interface DatabaseTask {
  kind: 'database';
  dbId: string;
  examples: SpiderExample[];
}

/** Comes when every database is done. */
export interface AssembleTask {
  kind: 'assemble';
  databases: { dbId: string; examples: SpiderExample[] }[];
  folder: string;
}

export type WorkerTask = DatabaseTask | AssembleTask;

export type WorkerReply =
  | { kind: 'database'; dbId: string; pairs: number; isReused: boolean }
  | { kind: 'assemble'; report: ConversionReport }
  | { kind: 'error'; error: ErrorPayload };
