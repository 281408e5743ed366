// The public exports of the library. Everything else may change.

export { type PlaybackTerms, writePlaybackToken as playbackToken } from './access/playback-token.ts';
export type { GatewayInfo } from './api/info.ts';
export type { StreamList } from './api/streams.ts';
export {
  createGateway,
  type Gateway,
  type GatewayOptions,
  type ListeningPorts,
} from './app.ts';
export { ERROR_TABLES, type ErrorAudience, type ErrorCode, type ErrorKind, GatewayError } from './errors.ts';
export type { GatewayEvents, HealthNews, StreamEvent } from './gateway-events.ts';
export type { HttpHandler } from './http/http-handler.ts';
export type { Problem } from './http/http-replies.ts';
export type {
  Authorizer,
  PublishAttempt,
  PublishRefusal,
  PublishTerms,
  PublishVerdict,
} from './live/authorizer.ts';
export type { Publisher } from './live/live-stream.ts';
export type { Logger } from './log.ts';
export type * from './stats/issue-values.ts';
export type * from './stats/operator-message.ts';
export type { SourceReport } from './stats/source-report.ts';
export type * from './stats/stats-message.ts';
export type { StreamDetail, StreamSummary } from './stats/stream-view.ts';
export type { Delivery } from './webhooks/delivery-log.ts';
export type { EndpointReport } from './webhooks/webhook-endpoint.ts';
export type { WebhookEvent } from './webhooks/webhook-event.ts';
export type { WebhookReports } from './webhooks/webhooks.ts';
