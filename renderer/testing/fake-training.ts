import { contract, type CoreClient } from '../../core/contract/index.ts';

type TrainingArea = Pick<CoreClient, Extract<keyof CoreClient, `training.${string}`>>;

/** Being written. */
export function createFakeTraining(): TrainingArea {
  const names = Object.keys(contract).filter((name) => name.startsWith('training.'));
  const refuse = async () => {
    throw new Error('Not in the fake core.');
  };
  return Object.fromEntries(names.map((name) => [name, refuse])) as unknown as TrainingArea;
}
