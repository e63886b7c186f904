export { chooseOutputs, expectFree } from './choose-output.ts';
export { quantizeModel, type QuantizeOptions } from './quantize-model.ts';
