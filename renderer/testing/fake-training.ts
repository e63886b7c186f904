import { createFakeTrainingControl, type TrainingControl } from './fake-training-control.ts';
import { createFakeTrainingSetup, type TrainingSetup } from './fake-training-setup.ts';

/** What can be trained and how, and the runs. */
export function createFakeTraining(): TrainingSetup & TrainingControl {
  return { ...createFakeTrainingSetup(), ...createFakeTrainingControl() };
}
