// The messages of `WS /ws/v1` for operators as schemas, as in message-schemas.ts.

import { z } from 'zod';
import {
  type AllSame,
  epochMs,
  type Proven,
  publicName,
  streamState,
  zeroOrMore,
} from './message-schemas.ts';
import {
  DETAIL_COLUMNS,
  type OperatorClientMessage,
  type OperatorMessage,
  SERVER_COLUMNS,
} from './operator-message.ts';

const seq = () => zeroOrMore().describe('Grows by one each second. A gap means that messages were left out.');

const flag = () => z.literal(true).exactOptional();

const severity = z.enum(['info', 'warning', 'error']);
const verdict = z.enum(['good', 'ok', 'bad', 'noData']);

const plainValues = z.record(z.string(), z.union([z.number(), z.string()]));

const issueValues = plainValues.describe(
  'The values in `observed`. Units are in their names; `share` is from 0 to 1. By code: docs/doctor.md.',
);

const fixValues = z
  .strictObject({
    obsVersion: zeroOrMore().describe('Major version of the OBS that pushes, or the newest known one.'),
    fps: zeroOrMore(),
    bps: zeroOrMore().exactOptional().describe('Bits per second that arrive; absent if it is not known.'),
    lowerBps: zeroOrMore().exactOptional().describe('A bit rate for an upload that is too slow.'),
  })
  .describe('What `fix` depends on.');

const issue = z
  .strictObject({
    code: z.string().describe('A code of docs/doctor.md, such as `gopLong`.'),
    severity,
    title: z.string(),
    observed: z.string().describe('What was measured, with its unit.'),
    expected: z.string().describe('What it should be.'),
    fix: z
      .strictObject({
        obs: z.string().exactOptional().describe('The menu path in the version of OBS that pushes.'),
        ffmpeg: z.string().exactOptional().describe('The flags of ffmpeg.'),
        generic: z.string().describe('For every encoder.'),
      })
      .describe('What to do.'),
    values: issueValues,
    fixValues,
    since: epochMs(),
  })
  .meta({ id: 'Issue', description: 'One finding about a stream. It holds until it is cleared.' });

const health = z
  .strictObject({
    verdict: verdict.describe(
      '`noData` until a few seconds of media have arrived; `ok` has warnings, `bad` has errors.',
    ),
    summary: z.string().describe('The verdict in one sentence.'),
    issues: z.array(issue).describe('The worst first.'),
  })
  .meta({ id: 'Health' });

const encoderReport = z
  .strictObject({
    rendered: zeroOrMore().describe('Pictures that were composed.'),
    lagged: zeroOrMore().describe('Of them: too late, because rendering was too slow.'),
    input: zeroOrMore().describe('Pictures that were given to the encoder.'),
    skipped: zeroOrMore().describe('Of them: not encoded, because the encoder was too slow.'),
    output: zeroOrMore().describe('Pictures that were handed to the connection.'),
    dropped: zeroOrMore().describe('Of them: not sent, because the network was too slow.'),
    encodeMs: zeroOrMore()
      .exactOptional()
      .describe('From composing a picture to handing it to the connection, milliseconds.'),
    captureMs: zeroOrMore()
      .exactOptional()
      .describe(
        'From composing a picture to its arrival at the gateway, milliseconds. It is right if the clocks of both machines are; absent where they cannot be.',
      ),
    clocksDisagree: flag().describe(
      'By the clock of the encoder pictures arrive before they are sent, or half a minute later.',
    ),
  })
  .meta({
    id: 'EncoderReport',
    description:
      'What an encoder reports about itself over the last 30 s: OBS does with "Enhanced Broadcasting" (Broadcast Performance Metrics in SEI).',
  });

const card = z
  .strictObject({
    name: publicName(),
    state: streamState,
    since: epochMs().describe('When this state began, milliseconds since the Unix epoch.'),
    verdict,
    topIssue: z.string().exactOptional().describe('The title of the worst issue.'),
    topIssueCode: z.string().exactOptional().describe('Its code.'),
    issueCount: zeroOrMore(),
    media: z.string().exactOptional().describe('Such as `avc1.640028 1920×1080 30 fps · mp4a.40.2 48 kHz`.'),
    encoder: z.string().exactOptional(),
    viewers: zeroOrMore(),
    testOf: z
      .string()
      .exactOptional()
      .describe(
        'Of a publish with `?test=1`: the public name of its key. Nobody can watch it, and its report is the page `/tests/NAME`.',
      ),
    bps: zeroOrMore().describe('Bits per second over the last second.'),
    latencyP50Ms: zeroOrMore().exactOptional().describe('Of the viewers who report it.'),
    latencyP95Ms: zeroOrMore().exactOptional(),
  })
  .meta({ id: 'StreamCard', description: 'One stream in short.' });

const column = () => z.array(z.number().nullable());

const historyOf = <Columns extends readonly [string, ...string[]]>(keys: Columns, id: string) =>
  z
    .strictObject({
      stepMs: zeroOrMore().describe('Length of a step.'),
      endsAt: epochMs().describe('When the last step ended.'),
      keys: z.array(z.enum(keys)).describe('The names of the columns.'),
      columns: z.array(column()).describe('One array for each key, oldest value first; null is unknown.'),
    })
    .meta({
      id,
      description:
        'Numbers in equal steps. Steps of ten seconds are means, but the sum of `stalls`, and the highest of `jitterMs`, `viewers`, `measuredViewers`, `latencyP95Ms`, `loopP99Ms` and of the counts and bytes of the process.',
    });

const detailHistory = historyOf(DETAIL_COLUMNS, 'StreamHistory');
const serverHistory = historyOf(SERVER_COLUMNS, 'ServerHistory');

const bitRateHistory = z
  .strictObject({
    stepMs: zeroOrMore().describe('Length of a step.'),
    endsAt: epochMs().describe('When the last step ended.'),
    keys: z.array(publicName()).describe('The names of streams.'),
    columns: z
      .array(column())
      .describe(
        'One array for each stream, oldest value first; null is unknown. A stream that is younger has fewer.',
      ),
  })
  .meta({ id: 'BitRateHistory', description: 'Bits per second by the second.' });

const detailNumbers = z.record(z.enum(DETAIL_COLUMNS), z.number().nullable()).meta({
  id: 'DetailNumbers',
  description: [
    'Null is unknown.',
    '`vbps` and `abps`: bits per second of video and of sound.',
    '`fps`: pictures per second.',
    '`gopMs`: last distance between two key frames.',
    '`jitterMs`: how irregularly media arrives (RFC 3550 clause 6.4.1).',
    '`driftMs`: media time minus wall time since the source began, negative when the upload is too slow.',
    '`avOffsetMs`: sound minus pictures at the same moment of arrival.',
    '`viewers`: all; `measuredViewers`: those who report.',
    '`latencyP50Ms`, `latencyP95Ms`: of those who report.',
    '`stalls`: of viewers, in this second.',
  ].join(' '),
});

const serverNumbers = z.record(z.enum(SERVER_COLUMNS), z.number().nullable()).meta({
  id: 'ServerNumbers',
  description: [
    'Null is unknown.',
    '`cpuPercent`: of one core.',
    '`loopP99Ms`: of what arrived at any moment of the last second, 99 % waited less than this for the event loop. While the process has little to do, it is the longest wait that is possible.',
    '`rssBytes`: memory of the process; `mediaBytes`: of it for media.',
    '`streams`, `viewers`, `websockets`: how many there are.',
  ].join(' '),
});

const segment = z
  .strictObject({
    msn: zeroOrMore().describe('Media sequence number.'),
    t: epochMs().describe('When it was complete.'),
    durationMs: zeroOrMore(),
    bytes: zeroOrMore(),
    parts: z
      .array(z.tuple([zeroOrMore(), zeroOrMore(), z.union([z.literal(0), z.literal(1)])]))
      .describe('Of each part: milliseconds, bytes, and 1 if it begins with a key frame.'),
    discontinuity: flag().describe('It follows a discontinuity.'),
    gap: flag().describe('It has no media (EXT-X-GAP).'),
  })
  .meta({ id: 'SegmentNote', description: 'One segment of the first rendition.' });

const happening = z
  .strictObject({
    t: epochMs(),
    type: z
      .string()
      .describe(
        'A state of the stream, or `tracks`, `timestampJump`, `issue`, `issueCleared`; later versions have more.',
      ),
    text: z.string().describe('For people, in English.'),
    values: plainValues.exactOptional().describe('The values in `text`. Units are in their names.'),
  })
  .meta({ id: 'StreamHappening', description: 'Something that happened to a stream.' });

const viewerRow = z
  .strictObject({
    id: z.string().describe('Made by the gateway; it says nothing about the viewer.'),
    player: z.string().describe('Browser and system, such as `Firefox · Linux`.'),
    kind: z
      .enum(['measured', 'counted'])
      .describe('`measured` by its own reports, or `counted` by its requests.'),
    count: zeroOrMore().describe(
      'Players in this row: more than one in one network with one kind of player.',
    ),
    network: z.string().exactOptional().describe('Truncated: `192.0.2.x`, `2001:db8:1::`.'),
    latencyMs: zeroOrMore().exactOptional(),
    bufferMs: zeroOrMore().exactOptional(),
    stalls: zeroOrMore().exactOptional(),
    bitrateBps: zeroOrMore().exactOptional(),
    startupMs: zeroOrMore().exactOptional(),
    since: epochMs(),
  })
  .meta({ id: 'ViewerRow', description: 'One player, or several that cannot be told apart.' });

const viewerTable = {
  viewers: z.array(viewerRow).describe('At most 500: those who report first, then the largest.'),
  moreViewers: zeroOrMore().exactOptional().describe('Players that are in no row.'),
};

const rejected = z
  .strictObject({
    t: epochMs(),
    name: z.string().exactOptional().describe('Absent where the requested name may be a secret key.'),
    remoteAddress: z.string(),
    code: z.string().describe('A code of docs/errors.md.'),
    reason: z.string().describe('The sentence for the publisher.'),
    values: z
      .record(z.string(), z.string())
      .exactOptional()
      .describe('The values in the reason; absent if there are none.'),
    encoder: z.string().exactOptional(),
  })
  .meta({ id: 'RejectedAttempt', description: 'A publish that was refused.' });

export const OPERATOR_SCHEMAS = {
  streams: z
    .strictObject({
      op: z.literal('streams'),
      seq: seq(),
      t: epochMs(),
      streams: z.array(card).describe('Sorted by name.'),
      bps: bitRateHistory
        .exactOptional()
        .describe('On subscription only: bits per second of each stream in the last minute.'),
    })
    .describe('Topic `streams`: on subscription and once a second, all streams.'),
  snapshot: z
    .strictObject({
      op: z.literal('snapshot'),
      name: publicName(),
      seq: seq(),
      t: epochMs(),
      card,
      health,
      encoderReport: encoderReport
        .exactOptional()
        .describe('Absent while the encoder reports nothing about itself.'),
      recent: detailHistory.describe('The last five minutes by the second.'),
      hour: detailHistory.describe('The last hour by ten seconds.'),
      segments: z.array(segment).describe('Of the last minute, oldest first.'),
      events: z.array(happening).describe('Of the last hour, oldest first.'),
      ...viewerTable,
    })
    .describe('Topic `detail`: on subscription, everything that is known.'),
  detail: z
    .strictObject({
      op: z.literal('detail'),
      name: publicName(),
      seq: seq(),
      t: epochMs(),
      card,
      d: detailNumbers,
      health: health.describe('With what was measured now.'),
      encoderReport: encoderReport.exactOptional(),
    })
    .describe('Topic `detail`: once a second.'),
  segment: z
    .strictObject({ op: z.literal('segment'), name: publicName(), segment })
    .describe('Topic `detail`: when a segment is complete.'),
  issue: z
    .strictObject({
      op: z.literal('issue'),
      name: publicName(),
      issue,
      cleared: flag().describe('It holds no longer.'),
    })
    .describe('Topic `detail`: a finding begins, becomes better or worse, or ends.'),
  event: z
    .strictObject({ op: z.literal('event'), name: publicName(), event: happening })
    .describe('Topic `detail`: when something happens.'),
  viewers: z
    .strictObject({ op: z.literal('viewers'), name: publicName(), t: epochMs(), ...viewerTable })
    .describe('Topic `detail`: every three seconds.'),
  serverSnapshot: z
    .strictObject({
      op: z.literal('serverSnapshot'),
      seq: seq(),
      t: epochMs(),
      recent: serverHistory.describe('The last five minutes by the second.'),
      hour: serverHistory.describe('The last hour by ten seconds.'),
      rejected: z.array(rejected).describe('Of the last hour, the newest first.'),
    })
    .describe('Topic `server`: on subscription.'),
  server: z
    .strictObject({ op: z.literal('server'), seq: seq(), t: epochMs(), d: serverNumbers })
    .describe('Topic `server`: once a second.'),
  rejected: z
    .strictObject({ op: z.literal('rejected'), rejected })
    .describe('Topic `server`: when a publisher is refused.'),
};

const token = z
  .string()
  .exactOptional()
  .describe(
    'An admin token with the scope `read`; not needed on a private network while the gateway has none.',
  );
const subject = z.enum(['streams', 'server']);

export const OPERATOR_CLIENT_SCHEMAS = {
  sub: z
    .union([
      z.strictObject({ op: z.literal('sub'), topic: subject, token }),
      z.strictObject({ op: z.literal('sub'), topic: z.literal('detail'), name: publicName(), token }),
    ])
    .describe('Begins a subscription, or asks for a new snapshot.'),
  unsub: z
    .union([
      z.strictObject({ op: z.literal('unsub'), topic: subject }),
      z.strictObject({ op: z.literal('unsub'), topic: z.literal('detail'), name: publicName() }),
    ])
    .describe('Ends a subscription.'),
};

true satisfies Proven<AllSame<typeof OPERATOR_SCHEMAS, OperatorMessage>[OperatorMessage['op']]>;
true satisfies Proven<
  AllSame<typeof OPERATOR_CLIENT_SCHEMAS, OperatorClientMessage>[OperatorClientMessage['op']]
>;
