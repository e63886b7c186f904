/** How many machines, and GPUs on each, a task file asks for until somebody changes it. */
export interface Shape {
  nodes: number;
  gpusPerNode: number;
}

/** Every process takes the same share of a step's packs: the trainer refuses a number that does not divide them. */
export function proposeShape(packsPerStep: number): Shape {
  const nodes = packsPerStep % 2 === 0 ? 2 : 1;
  const share = packsPerStep / nodes;
  const gpusPerNode = [4, 3, 2, 1].find((gpus) => share % gpus === 0) ?? 1;
  return { nodes, gpusPerNode };
}

/** The recipe's `train.packs_per_step`; 1 where it says nothing. */
export function readPacksPerStep(yaml: string): number {
  return Number(/^ {2}packs_per_step: (\d+)/m.exec(yaml)?.[1] ?? 1);
}
