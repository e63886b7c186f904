export { createTensorBoards, type TensorBoards } from './open-tensorboard.ts';
