import { AppError, type CoreHandlers, type LoopModel } from '../../contract/index.ts';
import {
  listPromotions,
  noteChange,
  promote,
  rollBack,
  traceAnswer,
  traceModel,
  useModel,
  type LineageDeps,
  type PromotionDeps,
} from '../../training/loop/index.ts';
import { createGateHandlers, type GateDeps } from './gate-handlers.ts';

export interface LoopDeps
  extends
    Omit<GateDeps, 'runOfModel' | 'versionOfModel'>,
    Omit<PromotionDeps, 'gateOf' | 'listGates' | 'runOfModel'>,
    Omit<LineageDeps, 'listGates' | 'promotions'> {}

type LoopMethod = Extract<keyof CoreHandlers, `loop.${string}`>;

/** The closed loop: gates, promotions, lineage. */
export function createLoopHandlers(deps: LoopDeps): {
  handlers: Pick<CoreHandlers, LoopMethod>;
  /** To be told when the model in use was changed in another way. */
  noteChange(before: LoopModel): Promise<void>;
} {
  const promotions = deps.kept.get;
  const trace = (model: LoopModel) => traceModel(model, { ...deps, promotions, listGates: async () => [] });
  const runOfModel: GateDeps['runOfModel'] = async (model) => (await trace(model)).run?.id;
  const versionOfModel: GateDeps['versionOfModel'] = async (model, runId) =>
    (await trace(model)).version ?? deps.versionOf(runId);
  const { gateOf, listGates, ...gateHandlers } = createGateHandlers({
    ...deps,
    runOfModel,
    versionOfModel,
  });
  const promotionDeps: PromotionDeps = { ...deps, gateOf, listGates, runOfModel };
  const lineageDeps: LineageDeps = { ...deps, listGates, promotions };
  const handlers: Pick<CoreHandlers, LoopMethod> = {
    ...gateHandlers,
    'loop.version': async ({ runId }) => (await deps.versionOf(runId)) ?? refuseUnknown(),
    'loop.promote': (input) => promote(input, promotionDeps),
    'loop.use': async ({ model, insistBecause }) => {
      const path = model.path === '' ? deps.starterModel : model.path;
      const promotion = await useModel({ model: { path }, insistBecause }, promotionDeps);
      return promotion ? { promotion } : {};
    },
    'loop.rollBack': () => rollBack(promotionDeps),
    'loop.promotions': () => listPromotions(promotionDeps),
    'loop.lineage': (input) =>
      'historyId' in input ? traceAnswer(input.historyId, lineageDeps) : traceModel(input.model, lineageDeps),
  };
  return { handlers, noteChange: (before) => noteChange(before, promotionDeps) };
}

function refuseUnknown(): never {
  throw new AppError('NOT_FOUND', 'It is not known what this run was trained on.', {
    hint: 'Runs that were started outside the app do not write it down.',
  });
}
