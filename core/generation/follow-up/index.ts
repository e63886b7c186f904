export { proveFollowUp } from './prove-follow-up.ts';
export { rewriteFollowUp, type FollowUpInput } from './rewrite-query.ts';
