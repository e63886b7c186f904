import { AppError, type CoreHandlers } from '../contract/index.ts';

const names = [
  ...(['models.hub', 'models.hubAccess', 'models.setHubToken', 'models.download'] as const),
  ...(['models.servers', 'models.saveServer', 'models.removeServer', 'models.testServer'] as const),
  ...(['models.figures', 'models.bench', 'models.startQuantize', 'models.startReport'] as const),
  ...(['models.reports', 'models.removeReport', 'models.exportReport', 'models.loaded'] as const),
  ...(['models.memory', 'models.adapters', 'models.bases', 'models.delete'] as const),
  ...(['models.connectionAdapters', 'models.setConnectionAdapter'] as const),
] as const;
type Pending = (typeof names)[number];

/** Entries of the contract whose handlers are being written. */
export function createPendingModelHandlers(): Pick<CoreHandlers, Pending> {
  const refuse = () => {
    throw new AppError('INTERNAL', 'This is not there yet.');
  };
  return Object.fromEntries(names.map((name) => [name, refuse])) as unknown as Pick<CoreHandlers, Pending>;
}
