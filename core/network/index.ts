export { fetchOutbound } from './fetch-outbound.ts';
export {
  admitRequest,
  checkRequest,
  isNetworkOpen,
  openNetwork,
  type AdmittedRequest,
  type NetworkPolicy,
  type OutboundEnd,
  type OutboundLedger,
  type OutboundRequest,
} from './gate.ts';
export { isListed, isLocalHost } from './hosts.ts';
export { openOutboundSocket, type OutboundConnection } from './open-socket.ts';
export { requestOutbound, type PlainRequest } from './request-outbound.ts';
export { createNetworkHandlers, type NetworkHandlers, type NetworkReader } from './handlers.ts';
