export {
  planRun,
  prepareRun,
  readRecipe,
  writeRunFolder,
  type PlanDeps,
  type PreparedRun,
} from './plan-run.ts';
export { placeRecipe, type PlacedRecipe } from './place-recipe.ts';
