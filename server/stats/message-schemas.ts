// The messages of `WS /ws/v1` for everybody as schemas: docs/websocket.md is made from them, and tests check what is sent. The types in
// stats-message.ts say the same, and the compiler compares the two.

import { z } from 'zod';
import type { ClientMessage, ServerMessage } from './stats-message.ts';

/** Zero or more. */
export const zeroOrMore = () => z.number().nonnegative();
export const epochMs = () => z.number().int().describe('Milliseconds since the Unix epoch.');
export const publicName = () => z.string().describe('The public name of the stream.');

const state = () =>
  z
    .enum(['offline', 'connecting', 'starting', 'live', 'stalled', 'reconnecting', 'ended'])
    .meta({ id: 'StreamState', description: 'See docs/architecture.md.' });
export const streamState = state();

const endReason = z
  .union([
    z.strictObject({ kind: z.enum(['stopped', 'lost', 'replaced', 'draining']) }),
    z.strictObject({
      kind: z.literal('refused'),
      code: z.string(),
      detail: z.string(),
      values: z
        .record(z.string(), z.string())
        .exactOptional()
        .describe('The values in `detail`, such as `codec`; absent if there are none.'),
    }),
  ])
  .meta({ id: 'EndReason', description: 'Why the last publisher left. Codes are in docs/errors.md.' });

const topic = z.enum(['status', 'stream', 'streams', 'server', 'detail']);
const viewerTopic = z.enum(['status', 'stream']);

const trackNumbers = z
  .strictObject({
    id: z.string().describe('`v0`, `a0`, `a1`: the kind, and the number that the encoder gives it.'),
    codec: z.string().describe('RFC 6381.'),
    bps: zeroOrMore().describe('Bits per second over the last second.'),
  })
  .meta({ id: 'TrackNumbers' });

const streamNumbers = z
  .strictObject({
    vbps: zeroOrMore().describe('Bits per second of all video tracks over the last second.'),
    abps: zeroOrMore().describe('The same of all audio tracks.'),
    tracks: z
      .array(trackNumbers)
      .exactOptional()
      .describe('Every track, in the order in which they were announced.'),
    fps: zeroOrMore().exactOptional().describe('Video frames per second, measured over the last seconds.'),
    width: zeroOrMore().exactOptional(),
    height: zeroOrMore().exactOptional(),
    videoCodec: z.string().exactOptional().describe('RFC 6381.'),
    audioCodec: z.string().exactOptional().describe('RFC 6381.'),
    sampleRate: zeroOrMore().exactOptional().describe('Hz.'),
    channels: zeroOrMore().exactOptional(),
    gopMs: zeroOrMore().exactOptional().describe('Last distance between two key frames.'),
    viewers: zeroOrMore(),
    uptimeMs: zeroOrMore(),
    encoder: z.string().exactOptional(),
  })
  .meta({
    id: 'StreamNumbers',
    description:
      'Of pictures and sound, that of the first track of the kind. A field is absent while its value is unknown.',
  });

export const SERVER_SCHEMAS = {
  hello: z
    .strictObject({
      op: z.literal('hello'),
      v: z.literal(1),
      serverTime: epochMs(),
      version: z.string().describe('The version of the gateway.'),
      session: z.string().describe('A random name of this connection.'),
      topics: z.array(topic).describe('The topics of this gateway.'),
    })
    .describe('First message of every connection.'),
  pong: z
    .strictObject({
      op: z.literal('pong'),
      t0: z.number().describe('As the client sent it.'),
      t1: epochMs().describe("When the ping arrived, by the gateway's clock."),
      t2: epochMs().describe('When the pong left.'),
    })
    .describe(
      'Answer to `ping`: the times of RFC 5905, with which a client finds the difference of the clocks.',
    ),
  status: z
    .strictObject({
      op: z.literal('status'),
      name: publicName(),
      state: streamState,
      since: epochMs().describe('When this state began, milliseconds since the Unix epoch.'),
      viewers: zeroOrMore(),
      isTest: z
        .literal(true)
        .exactOptional()
        .describe('A publish with `?test=1`: it is judged, and nobody can watch it.'),
      reason: endReason.exactOptional(),
      graceEndsAt: z
        .number()
        .exactOptional()
        .describe('While `reconnecting`: until when the name is reserved.'),
      mediaMs: zeroOrMore().exactOptional().describe('When `ended`: how long media arrived, without gaps.'),
      hls: z
        .string()
        .describe("The multivariant playlist, relative to the gateway's root. Load it only while `live`."),
      reports: z
        .string()
        .exactOptional()
        .describe(
          "Where players may report (CMCD version 2), relative to the gateway's root; absent if they may not.",
        ),
      codecs: z.string().exactOptional().describe('RFC 6381 list; absent until it is known.'),
      captions: z.array(z.string()).exactOptional().describe('Names of the subtitle renditions.'),
      targetLatencyMs: zeroOrMore().exactOptional().describe('PART-HOLD-BACK.'),
    })
    .describe(
      'On subscription, at every change of state, and at most every five seconds when only the number of viewers has changed.',
    ),
  tick: z
    .strictObject({
      op: z.literal('tick'),
      name: publicName(),
      seq: zeroOrMore(),
      t: epochMs(),
      d: streamNumbers,
    })
    .describe('Once a second while the stream exists.'),
  error: z
    .strictObject({
      op: z.literal('error'),
      code: z.string().describe('A code that never changes.'),
      message: z.string().describe('What was wrong, and what to do.'),
      topic: topic.exactOptional().describe('The subscription that does not begin, or has ended.'),
      name: z.string().exactOptional().describe('Its stream.'),
    })
    .describe('A message was not understood, or a subscription is refused or has ended.'),
  bye: z
    .strictObject({
      op: z.literal('bye'),
      code: z.literal('shutting_down'),
      retryMs: zeroOrMore().describe(
        'Wait at least this long before the next connection. It is different for each client.',
      ),
    })
    .describe('The gateway closes the connection.'),
};

const token = z.string().exactOptional();

export const CLIENT_SCHEMAS = {
  sub: z
    .strictObject({
      op: z.literal('sub'),
      topic: viewerTopic,
      name: publicName(),
      token: token.describe(
        'A playback token, for a signed stream. A later `sub` with another token replaces it.',
      ),
    })
    .describe('Begins a subscription.'),
  unsub: z
    .strictObject({ op: z.literal('unsub'), topic: viewerTopic, name: publicName() })
    .describe('Ends a subscription.'),
  ping: z
    .strictObject({ op: z.literal('ping'), t0: z.number().describe("The client's clock, in milliseconds.") })
    .describe('Is answered at once.'),
};

/** `true` if a schema and a type say the same, and an error of the compiler if not. */
export type Same<One, Other> =
  (<T>() => T extends Frozen<One> ? 1 : 2) extends <T>() => T extends Frozen<Other> ? 1 : 2 ? true : false;
export type Frozen<Value> = Value extends object
  ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
  : Value;

/** Whether each schema is that of the message with its name. */
export type AllSame<
  Schemas extends Readonly<Record<string, z.ZodType>>,
  Message extends { readonly op: string },
> = {
  [Op in keyof Schemas | Message['op']]: Op extends keyof Schemas
    ? Same<z.output<Schemas[Op]>, Extract<Message, { readonly op: Op }>>
    : false;
};

/** Only `true`. */
export type Proven<Result extends true> = Result;

true satisfies Proven<AllSame<typeof SERVER_SCHEMAS, ServerMessage>[ServerMessage['op']]>;
true satisfies Proven<AllSame<typeof CLIENT_SCHEMAS, ClientMessage>[ClientMessage['op']]>;
