export {
  buildRecipe,
  fileNameOf,
  findPreset,
  usesAdapter,
  valuesOf,
  type RecipePlace,
} from './build-recipe.ts';
export { listPresets } from './presets.ts';
export { dropEarlyStopping, setMaxSteps } from './write-yaml.ts';
