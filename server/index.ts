// The library's door: everything public is exported here, and nothing else is promised.

export {
  createGateway,
  type Gateway,
  type GatewayEvents,
  type GatewayOptions,
  type ListeningPorts,
} from './app.ts';
export { ERROR_TABLES, type ErrorAudience, type ErrorCode, type ErrorKind, GatewayError } from './errors.ts';
export type { GatewayInfo } from './http/api-router.ts';
export type { HttpHandler } from './http/http-handler.ts';
export type { Authorizer, PublishAttempt, PublishVerdict } from './live/authorizer.ts';
export type { Logger } from './log.ts';
export type * from './stats/stats-message.ts';
export type { StreamSummary } from './stats/stream-view.ts';
