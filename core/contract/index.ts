import { appContract } from './app.ts';
import { connectionsContract } from './connections.ts';
import { createClient } from './create-client.ts';
import { datasetContract } from './dataset-calls.ts';
import { datasetEditingContract } from './dataset-editing.ts';
import type { ClientOf, HandlersOf } from './define.ts';
import { demoContract } from './demo.ts';
import { diagramContract } from './diagram.ts';
import { evaluationRunsContract } from './evaluation-runs.ts';
import { evaluationContract } from './evaluation.ts';
import { explanationContract } from './explanation.ts';
import { generationContract } from './generation.ts';
import { jobsContract } from './jobs.ts';
import { modelDownloadsContract } from './model-downloads.ts';
import { modelLibraryContract } from './model-library.ts';
import { modelReportsContract } from './model-reports.ts';
import { modelServersContract } from './model-servers.ts';
import { modelsContract } from './models.ts';
import { planContract } from './plan.ts';
import { networkContract } from './network.ts';
import { postgresContract } from './postgres.ts';
import { resultsContract } from './results.ts';
import { schemaExplorerContract } from './schema-explorer.ts';
import { repairContract } from './repair.ts';
import { schemaContract } from './schema.ts';
import { settingsContract } from './settings.ts';
import { trainingControlContract } from './training-control.ts';
import { trainingLoopContract } from './training-loop.ts';
import { trainingRunsContract } from './training-runs.ts';
import { trainingSetupContract } from './training-setup.ts';
import type { Transport } from './transport.ts';
import { verifiedContract } from './verified.ts';
import { workspaceContract } from './workspace.ts';
import { writesContract } from './writes.ts';

/** Everything that the UI can ask of the core, by `domain.verb`. */
export const contract = {
  ...appContract,
  ...connectionsContract,
  ...datasetContract,
  ...datasetEditingContract,
  ...demoContract,
  ...diagramContract,
  ...evaluationContract,
  ...evaluationRunsContract,
  ...explanationContract,
  ...generationContract,
  ...jobsContract,
  ...modelDownloadsContract,
  ...modelLibraryContract,
  ...modelReportsContract,
  ...modelServersContract,
  ...modelsContract,
  ...planContract,
  ...networkContract,
  ...postgresContract,
  ...resultsContract,
  ...repairContract,
  ...schemaContract,
  ...schemaExplorerContract,
  ...settingsContract,
  ...trainingControlContract,
  ...trainingLoopContract,
  ...trainingRunsContract,
  ...trainingSetupContract,
  ...verifiedContract,
  ...workspaceContract,
  ...writesContract,
};

export type Contract = typeof contract;
export type CoreHandlers = HandlersOf<Contract>;
export type CoreClient = ClientOf<Contract>;

/** The client of the whole core over any transport. See `createClient` for cancelling and closing. */
export function createCoreClient(transport: Transport): CoreClient {
  return createClient(contract, transport);
}

export * from './app.ts';
export * from './connections.ts';
export * from './create-client.ts';
export * from './dataset-calls.ts';
export * from './dataset-editing.ts';
export * from './dataset-search.ts';
export * from './dataset.ts';
export * from './define.ts';
export * from './demo.ts';
export * from './diagram.ts';
export * from './endpoint.ts';
export * from './errors.ts';
export * from './evaluation-runs.ts';
export * from './evaluation.ts';
export * from './explanation.ts';
export * from './generation.ts';
export * from './jobs.ts';
export * from './linking.ts';
export * from './memory-transport.ts';
export * from './message-port-transport.ts';
export * from './model-downloads.ts';
export * from './model-library.ts';
export * from './model-reference.ts';
export * from './model-reports.ts';
export * from './model-servers.ts';
export * from './models.ts';
export * from './plan.ts';
export * from './network.ts';
export * from './postgres.ts';
export * from './results.ts';
export * from './row-formats.ts';
export * from './schema-explorer.ts';
export * from './repair.ts';
export * from './schema.ts';
export * from './settings.ts';
export * from './shell.ts';
export * from './test-suite.ts';
export * from './training-control.ts';
export * from './training-drafts.ts';
export * from './training-loop.ts';
export * from './training-runs.ts';
export * from './training-setup.ts';
export * from './training.ts';
export * from './transport.ts';
export * from './verified.ts';
export * from './web-socket-transport.ts';
export * from './wire.ts';
export * from './workspace.ts';
export * from './writes.ts';
