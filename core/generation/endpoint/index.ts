export { openEndpoint, type EndpointModel, type EndpointOptions } from './endpoint-model.ts';
export { generateRemotely } from './generate-remote.ts';
export { listEndpointModels } from './endpoint-model.ts';
export { testEndpoint } from './test-endpoint.ts';
