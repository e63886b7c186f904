export { quantizeModel, type QuantizeOptions } from './quantize-model.ts';
