// Streams: list, one, everything about one, disconnect a publisher, and end a stream.

import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { MAX_ITEMS_PER_PAGE, nameParams, pageQuery, reason, wholeNumber } from './fields.ts';
import { type Immutable, operationsOn } from './operation.ts';
import {
  healthSchema,
  reportList,
  reportSchema,
  streamDetail,
  streamList,
  type streamSummary,
} from './stream-schemas.ts';

/** The answer of `GET /api/v1/streams`. With `next` there are more, after that name. */
export type StreamList = Immutable<z.output<typeof streamList>>;

type Summary = Immutable<z.output<typeof streamSummary>>;
type Report = Immutable<z.output<typeof reportSchema>>;

export type StreamsPort = {
  /** At most `limit` streams sorted by name, from the first name after `after`. */
  readonly page: (
    after: string,
    limit: number,
  ) => { readonly streams: readonly Summary[]; readonly hasMore: boolean };
  readonly detail: (name: string) => Immutable<z.output<typeof streamDetail>> | undefined;
  readonly report: (name: string) => Report | undefined;
  readonly health: (name: string) => Immutable<z.output<typeof healthSchema>> | undefined;
  /** The same of several streams, as `page` has them. */
  readonly reports: (
    after: string,
    limit: number,
  ) => { readonly reports: readonly Report[]; readonly hasMore: boolean };
  /** Throws GatewayError `no_such_stream` or `no_publisher`. */
  readonly kick: (name: string, reason: string | undefined) => void;
  /** Throws GatewayError `no_such_stream`. */
  readonly end: (name: string, reason: string | undefined, closedForMs: number) => void;
};

const DAY_S = 86_400;
/** A report is about two kilobytes. */
const REPORTS_PER_PAGE = 100;
/** Encoders connect again within seconds, and a stream that an operator ended must not come back by itself. */
const CLOSED_FOR_S = 300;

const operation = operationsOn<{ readonly streams: StreamsPort }>();
const TAG = 'Streams';

const listStreams = operation({
  id: 'listStreams',
  method: 'get',
  path: '/streams',
  tag: TAG,
  summary: 'Streams, sorted by name',
  access: 'public',
  query: pageQuery(),
  status: 200,
  answer: streamList,
  errors: [],
  run: ({ streams: room }, { query: { limit = MAX_ITEMS_PER_PAGE, after = '' } }) => {
    const { streams, hasMore } = room.page(after, limit);
    const last = streams.at(-1);
    return hasMore && last !== undefined ? { streams, next: last.name } : { streams };
  },
});

const getStream = operation({
  id: 'getStream',
  method: 'get',
  path: '/streams/{name}',
  tag: TAG,
  summary: 'One stream',
  description:
    'The same as the topic "status" of the WebSocket, for pages without one, and a report about the source.',
  access: 'public',
  // A page in a sandboxed frame has the origin "null" and uses the API if it has no WebSocket.
  anyOrigin: true,
  params: z.strictObject({ name: z.string().describe('The public name of the stream.') }),
  query: z.strictObject({
    token: z.string('a playback token').optional().describe('The playback token, for a signed stream.'),
  }),
  status: 200,
  answer: streamDetail,
  errors: [
    'no_such_stream',
    'playback_token_missing',
    'playback_token_invalid',
    'playback_token_expired',
    'playback_token_not_yet',
    'playback_token_wrong_stream',
    'playback_token_wrong_network',
    'playback_token_unchecked',
  ],
  run: ({ streams }, { params }) => streams.detail(params.name) ?? unknown(),
});

const getStreamReport = operation({
  id: 'getStreamReport',
  method: 'get',
  path: '/streams/{name}/report',
  tag: TAG,
  summary: 'Everything the gateway knows about one stream',
  access: 'read',
  params: nameParams,
  status: 200,
  answer: reportSchema,
  errors: ['no_such_stream'],
  run: ({ streams }, { params }) => streams.report(params.name) ?? unknown(),
});

const getStreamHealth = operation({
  id: 'getStreamHealth',
  method: 'get',
  path: '/streams/{name}/health',
  tag: TAG,
  summary: 'What is wrong with one stream, and what to do',
  description:
    'The rules are in docs/doctor.md. An issue is raised after some seconds and cleared after twice as many.',
  access: 'read',
  params: nameParams,
  status: 200,
  answer: healthSchema,
  errors: ['no_such_stream'],
  run: ({ streams }, { params }) => streams.health(params.name) ?? unknown(),
});

const followStream = operation({
  id: 'followStream',
  method: 'get',
  path: '/streams/{name}/events',
  tag: TAG,
  summary: 'Follow one stream',
  description:
    'The messages of the topic "detail" of the WebSocket (docs/websocket.md) as server-sent events, for programs without a WebSocket. It has no end, and counts as a WebSocket in the limits. The name need not be published yet.',
  access: 'read',
  params: nameParams,
  status: 200,
  isEventStream: true,
  errors: [],
  run: () => {},
});

const listStreamReports = operation({
  id: 'listStreamReports',
  method: 'get',
  path: '/reports',
  tag: TAG,
  summary: 'Reports of all streams, sorted by name',
  description: 'What GET /streams/{name}/report shows, for pages that show all streams.',
  access: 'read',
  query: pageQuery(REPORTS_PER_PAGE),
  status: 200,
  answer: reportList,
  errors: [],
  run: ({ streams }, { query: { limit = REPORTS_PER_PAGE, after = '' } }) => {
    const { reports, hasMore } = streams.reports(after, limit);
    const last = reports.at(-1);
    return hasMore && last !== undefined ? { reports, next: last.stream.name } : { reports };
  },
});

const kickPublisher = operation({
  id: 'kickPublisher',
  method: 'post',
  path: '/streams/{name}/kick',
  tag: TAG,
  summary: 'Disconnect the publisher',
  description:
    'The encoder is told the reason. The stream waits for its publisher as after a lost connection (stream.grace), and the key stays valid: encoders usually connect again.',
  access: 'write',
  params: nameParams,
  body: z.strictObject({ reason: reason().optional() }),
  status: 204,
  errors: ['no_such_stream', 'no_publisher'],
  run: ({ streams }, { params, body }) => streams.kick(params.name, body.reason),
});

const endStream = operation({
  id: 'endStream',
  method: 'post',
  path: '/streams/{name}/end',
  tag: TAG,
  summary: 'End a stream',
  description:
    'Playlists get their ENDLIST at once, and the publisher is disconnected with the reason. For the given time nobody may publish the name, because encoders connect again by themselves. The time is forgotten when the gateway restarts.',
  access: 'write',
  params: nameParams,
  body: z.strictObject({
    reason: reason().optional(),
    closedForS: wholeNumber(0, DAY_S)
      .default(CLOSED_FOR_S)
      .describe('Seconds for which the name cannot be published; 0 to allow it at once.'),
  }),
  status: 204,
  errors: ['no_such_stream'],
  run: ({ streams }, { params, body }) => streams.end(params.name, body.reason, body.closedForS * 1000),
});

export const STREAM_OPERATIONS = [
  listStreams,
  getStream,
  getStreamReport,
  getStreamHealth,
  followStream,
  listStreamReports,
  kickPublisher,
  endStream,
];

function unknown(): never {
  throw new GatewayError('invalid-state', 'no_such_stream', 'nobody is publishing this name');
}
