// `sluice/live`: what the package exports for clients of `WS /ws/v1`, with the types of all messages.
export type * from '../../server/stats/issue-values.ts';
export type * from '../../server/stats/operator-message.ts';
export type * from '../../server/stats/stats-message.ts';
export {
  type Follow,
  type FollowOptions,
  LiveSocket,
  type LiveSocketOptions,
  type TopicMessages,
} from './live-socket.ts';
