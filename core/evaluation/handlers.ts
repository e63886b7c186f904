import { AppError, type CoreHandlers, type DemoDatabase } from '../contract/index.ts';
import {
  evaluateCase,
  listDemoCases,
  summarise,
  type EvaluatedRow,
  type EvaluationDeps,
} from './evaluate.ts';

export type EvaluationHandlers = Pick<CoreHandlers, 'evaluation.run'>;

export interface EvaluationHandlersDeps extends EvaluationDeps {
  demoDatabases: readonly DemoDatabase[];
}

/** What the evaluation domain offers through the contract. */
export function createEvaluationHandlers(deps: EvaluationHandlersDeps): EvaluationHandlers {
  return {
    async *'evaluation.run'({ split, modelPath, limit }, context) {
      if (split !== 'demo') {
        throw new AppError('DATASET_MISSING', `The split '${split}' is not on this machine.`, {
          hint: "Use the split 'demo', whose databases the app brings along.",
        });
      }
      const cases = listDemoCases(deps.demoDatabases).slice(0, limit);
      const evaluated: EvaluatedRow[] = [];
      for (const demoCase of cases) {
        const row = await evaluateCase(deps, demoCase, { modelPath }, context);
        evaluated.push(row);
        const { model: _model, ...shown } = row;
        yield { kind: 'row', row: shown, done: evaluated.length, total: cases.length };
      }
      yield { kind: 'report', report: summarise(split, evaluated) };
    },
  };
}
