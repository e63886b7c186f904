export { startRawLlama, type RawProcess, type RawRound } from './start-raw-llama.ts';
