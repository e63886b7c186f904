import { AppError, type CoreHandlers } from '../../contract/index.ts';
import {
  listPromotions,
  promote,
  rollBack,
  traceAnswer,
  traceModel,
  type LineageDeps,
  type PromotionDeps,
} from '../../training/loop/index.ts';
import { createGateHandlers, type GateDeps } from './gate-handlers.ts';

export interface LoopDeps
  extends
    Omit<GateDeps, 'runOfModel'>,
    Omit<PromotionDeps, 'gateOf'>,
    Omit<LineageDeps, 'listGates' | 'promotions'> {}

type LoopMethod = Extract<keyof CoreHandlers, `loop.${string}`>;

/** The closed loop: gates, promotions, lineage. */
export function createLoopHandlers(deps: LoopDeps): Pick<CoreHandlers, LoopMethod> {
  const promotions = deps.kept.get;
  const runOfModel: GateDeps['runOfModel'] = async (model) =>
    (await traceModel(model, { ...deps, promotions, listGates: async () => [] })).run?.id;
  const { gateOf, listGates, ...gateHandlers } = createGateHandlers({ ...deps, runOfModel });
  const promotionDeps: PromotionDeps = { ...deps, gateOf };
  const lineageDeps: LineageDeps = { ...deps, listGates, promotions };
  return {
    ...gateHandlers,
    'loop.version': async ({ runId }) => (await deps.versionOf(runId)) ?? refuseUnknown(),
    'loop.promote': (input) => promote(input, promotionDeps),
    'loop.rollBack': () => rollBack(promotionDeps),
    'loop.promotions': () => listPromotions(promotionDeps),
    'loop.lineage': (input) =>
      'historyId' in input ? traceAnswer(input.historyId, lineageDeps) : traceModel(input.model, lineageDeps),
  };
}

function refuseUnknown(): never {
  throw new AppError('NOT_FOUND', 'It is not known what this run was trained on.', {
    hint: 'Runs that were started outside the app do not write it down.',
  });
}
