export {
  buildRecipe,
  fileNameOf,
  findPreset,
  usesAdapter,
  valuesOf,
  type RecipePlace,
} from './build-recipe.ts';
export { listPresets } from './presets.ts';
export { setMaxSteps } from './write-yaml.ts';
