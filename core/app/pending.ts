import { AppError, contract, type CoreHandlers } from '../contract/index.ts';

type Pending = Extract<keyof CoreHandlers, `training.${string}`>;

/** Entries of the contract whose handlers are being written. This file goes with the last of them. */
export function createPendingHandlers(): Pick<CoreHandlers, Pending> {
  const names = Object.keys(contract).filter((name) => name.startsWith('training.'));
  const refuse = () => {
    throw new AppError('INTERNAL', 'This is not there yet.');
  };
  return Object.fromEntries(names.map((name) => [name, refuse])) as unknown as Pick<CoreHandlers, Pending>;
}
