import { appContract } from './app.ts';
import { connectionsContract } from './connections.ts';
import type { ClientOf, HandlersOf } from './define.ts';
import { demoContract } from './demo.ts';
import { evaluationContract } from './evaluation.ts';
import { generationContract } from './generation.ts';
import { modelsContract } from './models.ts';
import { postgresContract } from './postgres.ts';
import { schemaContract } from './schema.ts';

/** Everything that the UI can ask of the core, by `domain.verb`. */
export const contract = {
  ...appContract,
  ...connectionsContract,
  ...demoContract,
  ...evaluationContract,
  ...generationContract,
  ...modelsContract,
  ...postgresContract,
  ...schemaContract,
};

export type Contract = typeof contract;
export type CoreHandlers = HandlersOf<Contract>;
export type CoreClient = ClientOf<Contract>;

export * from './app.ts';
export * from './connections.ts';
export * from './define.ts';
export * from './demo.ts';
export * from './errors.ts';
export * from './evaluation.ts';
export * from './generation.ts';
export * from './models.ts';
export * from './postgres.ts';
export * from './schema.ts';
