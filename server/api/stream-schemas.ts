// Streams as the API shows them.

import { z } from 'zod';
import type { StreamState } from '../live/stream-state.ts';
import { amount, instant, nameField, next } from './fields.ts';

const STATES = [
  'offline',
  'connecting',
  'starting',
  'live',
  'stalled',
  'reconnecting',
  'ended',
] as const satisfies readonly StreamState[];

const state = () => z.enum(STATES).meta({ id: 'StreamState', description: 'See docs/architecture.md.' });

const endReason = z
  .union([
    z.strictObject({ kind: z.enum(['stopped', 'lost', 'replaced', 'draining']) }),
    z.strictObject({
      kind: z.literal('refused'),
      code: z.string().describe('A code of docs/errors.md.'),
      detail: z.string(),
      values: z
        .record(z.string(), z.string())
        .optional()
        .describe('The values in the detail, such as codec; absent if there are none.'),
    }),
  ])
  .meta({ id: 'EndReason', description: 'Why the last publisher left.' });

const counts = () => z.record(z.string(), amount());

const sourceReport = z
  .strictObject({
    encoder: z.string().optional().describe('Its name, if it sent one.'),
    dropped: counts().describe('Messages and samples that are not played, by kind.'),
    repaired: counts().describe('Timestamps, pictures and frames that were repaired, by kind.'),
    noticed: counts().describe('Media that is played unchanged and may be a wrong setting of the encoder.'),
    leftOutTracks: z
      .record(z.string(), z.string())
      .describe('Tracks that are not played, with the code of the reason.'),
  })
  .meta({ id: 'SourceReport' });

const summaryFields = {
  name: nameField(),
  state: state(),
  since: instant().describe('When the state began.'),
  startedAt: instant().describe('When the first publisher of this stream connected.'),
  viewers: amount(),
  codecs: z.string().optional().describe('RFC 6381 list; absent until it is known.'),
  watch: z.string().describe("The page, relative to the gateway's root."),
  hls: z.string().describe("The multivariant playlist, relative to the gateway's root."),
};

export const streamSummary = z.strictObject(summaryFields).meta({ id: 'StreamSummary' });

export const streamList = z
  .strictObject({ streams: z.array(streamSummary), next: next() })
  .meta({ id: 'StreamList' });

export const streamDetail = z
  .strictObject({
    ...summaryFields,
    isTest: z.literal(true).optional().describe('A publish with ?test=1: nobody can watch it.'),
    reason: endReason.optional(),
    graceEndsAt: z
      .number()
      .optional()
      .describe('While reconnecting: until when the name is reserved, milliseconds since the Unix epoch.'),
    mediaMs: amount().optional().describe('When ended: how long media arrived, without gaps.'),
    captions: z.array(z.string()).optional().describe('Names of the subtitle renditions.'),
    targetLatencyMs: z.number().optional().describe('PART-HOLD-BACK.'),
    reports: z
      .string()
      .optional()
      .describe(
        "Where players may report about themselves (CMCD version 2), relative to the gateway's root.",
      ),
    serverTime: z.number().describe("The gateway's clock, milliseconds since the Unix epoch."),
    memoryBytes: amount().describe('Media of the stream in memory.'),
    source: sourceReport.optional().describe('While somebody publishes.'),
  })
  .meta({ id: 'StreamDetail' });

export const numbersSchema = z
  .strictObject({
    vbps: amount().describe('Bits per second of all video over the last second.'),
    abps: amount().describe('Bits per second of all sound over the last second.'),
    tracks: z.array(z.strictObject({ id: z.string(), codec: z.string(), bps: amount() })).optional(),
    fps: z.number().optional(),
    width: amount().optional(),
    height: amount().optional(),
    videoCodec: z.string().optional(),
    audioCodec: z.string().optional(),
    sampleRate: z.number().optional(),
    channels: z.number().optional(),
    gopMs: z.number().optional().describe('Last distance between two key frames.'),
    viewers: amount(),
    uptimeMs: amount(),
    encoder: z.string().optional(),
  })
  .meta({ id: 'StreamNumbers', description: 'As the topic "stream" of the WebSocket sends them.' });

export const issueSchema = z
  .strictObject({
    code: z.string().describe('A code of docs/doctor.md.'),
    severity: z.enum(['info', 'warning', 'error']),
    title: z.string(),
    observed: z.string().describe('What was measured.'),
    expected: z.string(),
    fix: z
      .strictObject({
        obs: z.string().optional().describe('Where OBS has the setting, in the version that pushes.'),
        ffmpeg: z.string().optional().describe('The flags of ffmpeg.'),
        generic: z.string().describe('For every encoder.'),
      })
      .describe('What to do.'),
    values: z
      .record(z.string(), z.union([z.number(), z.string()]))
      .describe(
        'The values in `observed`. Units are in their names; `share` is from 0 to 1. By code: docs/doctor.md.',
      ),
    fixValues: z
      .strictObject({
        obsVersion: z.number().describe('Of the OBS that pushes, or the newest known one.'),
        fps: z.number(),
        bps: z.number().optional().describe('Bits per second that arrive, if it is known.'),
        lowerBps: z.number().optional().describe('A bit rate for an upload that is too slow.'),
      })
      .describe('What `fix` depends on.'),
    since: z.number().describe('Milliseconds since the Unix epoch.'),
  })
  .meta({ id: 'Issue' });

export const healthSchema = z
  .strictObject({
    verdict: z
      .enum(['good', 'ok', 'bad', 'noData'])
      .describe('ok has warnings, bad has errors; noData until some seconds of media have arrived.'),
    summary: z.string().describe('The verdict in one sentence.'),
    issues: z.array(issueSchema).describe('The worst first.'),
  })
  .meta({ id: 'Health', description: 'See docs/doctor.md.' });

const encoderReport = z
  .strictObject({
    rendered: amount().describe('Pictures that were composed.'),
    lagged: amount().describe('Of them: too late, because rendering was too slow.'),
    input: amount().describe('Pictures that were given to the encoder.'),
    skipped: amount().describe('Of them: not encoded, because the encoder was too slow.'),
    output: amount().describe('Pictures that were handed to the connection.'),
    dropped: amount().describe('Of them: not sent, because the network was too slow.'),
    encodeMs: z
      .number()
      .optional()
      .describe('From composing a picture to handing it to the connection, milliseconds.'),
    captureMs: z
      .number()
      .optional()
      .describe(
        'From composing a picture to its arrival, if the clocks of both machines are right; absent where they cannot be.',
      ),
    clocksDisagree: z
      .literal(true)
      .optional()
      .describe('By the clock of the encoder pictures arrive before they are sent, or half a minute later.'),
  })
  .meta({ id: 'EncoderReport', description: 'What the encoder reports about itself over the last 30 s.' });

export const reportSchema = z
  .strictObject({
    stream: streamDetail,
    publisher: z
      .strictObject({
        remoteAddress: z.string(),
        encoder: z.string().optional(),
        isConnected: z.boolean(),
        publishedMs: amount().describe('How long it has published, or did.'),
        silentMs: amount().optional().describe('While connected: for how long no media has arrived.'),
      })
      .optional()
      .describe('The present publisher, or the last one.'),
    health: healthSchema.optional().describe('What the doctor says.'),
    encoderReport: encoderReport
      .optional()
      .describe('While the encoder reports about itself, as OBS does with Enhanced Broadcasting.'),
    numbers: numbersSchema.optional().describe('Measured once a second; absent in the first second.'),
    tracks: z.array(
      z.strictObject({
        id: z.string().describe("The kind and a number: 'v0', 'a0'."),
        kind: z.enum(['video', 'audio']),
        codec: z.string(),
        bytes: amount().describe('Received since the stream began.'),
        samples: amount(),
        keyFrameIntervalMs: z.number().optional(),
      }),
    ),
  })
  .meta({ id: 'StreamReport' });

export const reportList = z
  .strictObject({ reports: z.array(reportSchema), next: next() })
  .meta({ id: 'StreamReportList' });
