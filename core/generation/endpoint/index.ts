export { openEndpoint, type EndpointModel, type EndpointOptions } from './endpoint-model.ts';
export { generateRemotely } from './generate-remote.ts';
