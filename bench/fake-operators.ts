// A stand-in for a gateway with many streams: it serves the built pages and sends operators' messages with made-up numbers. For
// measuring and developing the dashboard without 200 encoders.
import { createServer, type Server } from 'node:http';
import express from 'express';
import { type WebSocket, WebSocketServer } from 'ws';
import { PageLook } from '../server/http/page-look.ts';
import { createPagesRouter } from '../server/http/pages-router.ts';
import type { Logger } from '../server/log.ts';
import {
  DETAIL_COLUMNS,
  type DetailNumbers,
  type EncoderReport,
  type Health,
  type History,
  type Issue,
  type OperatorMessage,
  SERVER_COLUMNS,
  type SegmentNote,
  type ServerColumn,
  type ServerSnapshotMessage,
  type SnapshotMessage,
  type StreamCard,
  type StreamsMessage,
  type Verdict,
  type ViewerRow,
} from '../server/stats/operator-message.ts';
import { type ServerMessage, STATS_SUBPROTOCOL } from '../server/stats/stats-message.ts';

const SECOND_MS = 1_000;
const SEGMENT_MS = 2_000;
const PARTS = 10;

const FIX_VALUES = { obsVersion: 31, fps: 30, bps: 4_500_000 };

const ISSUES: readonly Issue[] = [
  {
    code: 'gopLong',
    severity: 'error',
    title: 'Key frames are too far apart',
    observed: 'up to 8.3 s',
    expected: 'a key frame every 2 s',
    fix: {
      obs: 'Settings → Output → Streaming → Keyframe Interval: 2 s',
      ffmpeg: '-g 60 -keyint_min 60 -sc_threshold 0',
      generic: 'Set the distance of key frames to 2 s.',
    },
    values: { kind: 'upTo', longestMs: 8_300 },
    fixValues: FIX_VALUES,
    since: Date.now() - 95_000,
  },
  {
    code: 'bitrateUnstable',
    severity: 'warning',
    title: 'The bit rate varies much',
    observed: '±48 % around 4500 kbit/s',
    expected: 'a constant bit rate (CBR)',
    fix: {
      obs: 'Settings → Output → Streaming → Rate Control: CBR',
      ffmpeg: '-b:v 4500k -maxrate 4500k -bufsize 9000k',
      generic: 'Use a constant bitrate.',
    },
    values: { share: 0.48, bps: 4_500_000 },
    fixValues: FIX_VALUES,
    since: Date.now() - 40_000,
  },
  {
    code: 'bFrames',
    severity: 'info',
    title: 'B-frames add latency',
    observed: '66 % of the pictures, up to 67 ms later',
    expected: 'no B-frames, for the lowest latency',
    fix: { ffmpeg: '-bf 0', generic: 'Set the number of B-frames to 0.' },
    values: { share: 0.66, laterMs: 67 },
    fixValues: FIX_VALUES,
    since: Date.now() - 300_000,
  },
];

export type FakeOperators = { readonly url: string; readonly close: () => void };

/** `count` streams; the page of a stream works for each of them. */
export async function serveFakeOperators(count: number, webRoot: URL, port = 0): Promise<FakeOperators> {
  const app = express();
  const log = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} } as unknown as Logger;
  app.get('/api/v1/closed-names', (_request, response) => void response.json({ names: [] }));
  app.get('/api/v1/info', (_request, response) => {
    response.json({ version: '0.2.0', rtmp: { port: 1935, servers: ['rtmp://192.0.2.1/live'] } });
  });
  app.use(
    createPagesRouter({
      webRoot,
      embedOrigins: '',
      ...{ publicUrl: '', basePath: '', proxies: { has: () => false }, isSigned: () => false },
      look: new PageLook({ accent: '', title: '', logo: '' }),
      log,
    }),
  );
  const server: Server = createServer(app);
  const sockets = new WebSocketServer({ server, path: '/ws/v1', handleProtocols: () => STATS_SUBPROTOCOL });
  sockets.on('connection', (socket) => follow(socket, count));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${bound}`,
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
    },
  };
}

type Request = { readonly op: string; readonly topic?: string; readonly name?: string };

/** Answers the subscriptions of one client. */
function follow(socket: WebSocket, count: number): void {
  const topics = new Map<string, string>();
  let seq = 0;
  const send = (message: OperatorMessage | ServerMessage): void => socket.send(JSON.stringify(message));
  send({ op: 'hello', v: 1, serverTime: Date.now(), version: '0.2.0', session: 'x', topics: [] });
  socket.on('message', (data) => {
    const { op, topic = '', name = '' } = JSON.parse(String(data)) as Request;
    if (op === 'unsub') topics.delete(topic);
    if (op !== 'sub') return;
    topics.set(topic, name);
    const t = Date.now();
    if (topic === 'streams') send(firstStreams(count, seq, t));
    if (topic === 'server') send(serverSnapshot(seq, t));
    if (topic === 'detail') send(snapshot(name, count, seq, t));
  });
  const timer = setInterval(() => {
    seq += 1;
    const t = Date.now();
    for (const [topic, name] of topics) {
      if (topic === 'streams') send({ op: 'streams', seq, t, streams: cardsAt(count, t) });
      if (topic === 'server') send({ op: 'server', seq, t, d: serverNumbers(count, t) });
      if (topic !== 'detail') continue;
      const card = cardsAt(count, t).find((one) => one.name === name);
      if (card === undefined) continue;
      send({
        op: 'detail',
        name,
        seq,
        t,
        card,
        d: numbersAt(t),
        health: healthOf(card),
        encoderReport: encoderAt(t),
      });
      if (seq % 2 === 0) send({ op: 'segment', name, segment: segmentAt(Math.floor(t / SEGMENT_MS), t) });
      if (seq % 5 === 0) send({ op: 'viewers', name, t, viewers: viewersAt(t) });
    }
  }, SECOND_MS);
  socket.on('close', () => clearInterval(timer));
}

function wave(t: number, periodS: number, phase = 0): number {
  return Math.sin((t / 1000 / periodS) * 2 * Math.PI + phase);
}

function cardsAt(count: number, t: number): readonly StreamCard[] {
  return Array.from({ length: count }, (_, at): StreamCard => {
    const verdict: Verdict = at % 17 === 3 ? 'bad' : at % 11 === 5 ? 'ok' : at % 29 === 7 ? 'noData' : 'good';
    const found = verdict === 'bad' ? ISSUES : verdict === 'ok' ? ISSUES.slice(1) : [];
    return {
      name: at === 0 ? 'stage' : `camera-${at}`,
      state: at % 29 === 7 ? 'starting' : at % 23 === 9 ? 'reconnecting' : 'live',
      since: t - 3_600_000 - at * 60_000,
      verdict,
      ...(found[0] === undefined ? {} : { topIssue: found[0].title, topIssueCode: found[0].code }),
      issueCount: found.length,
      ...(verdict === 'noData'
        ? {}
        : { media: 'avc1.640028 1920×1080 30 fps · mp4a.40.2 48 kHz stereo', encoder: 'OBS 31.0.0' }),
      viewers: Math.round(25 + 20 * wave(t, 200, at)),
      bps: Math.round(4.4e6 + 5e5 * wave(t, 19 + (at % 7), at) + 3e5 * wave(t, 4, at * 3)),
      ...(at % 4 === 1
        ? {}
        : { latencyP50Ms: 1900 + 200 * wave(t, 30, at), latencyP95Ms: 3100 + 400 * wave(t, 23, at) }),
    };
  });
}

function firstStreams(count: number, seq: number, t: number): StreamsMessage {
  const streams = cardsAt(count, t);
  const bps = historyOf(
    streams.map(({ name }) => name),
    t,
    { stepMs: SECOND_MS, length: 60 },
    (at) => Object.fromEntries(cardsAt(count, at).map((card) => [card.name, card.bps])),
  );
  return { op: 'streams', seq, t, streams, bps };
}

function healthOf({ verdict }: StreamCard): Health {
  const issues = verdict === 'bad' ? ISSUES : verdict === 'ok' ? ISSUES.slice(1) : [];
  const [worst] = issues;
  const summary =
    worst === undefined
      ? 'Good: nothing needs to be changed.'
      : `Problem: ${worst.title} (${worst.observed}), and ${issues.length - 1} more.`;
  return { verdict, summary, issues };
}

function encoderAt(t: number): EncoderReport {
  const lagged = Math.round(40 + 35 * wave(t, 60));
  return {
    ...{ rendered: 900, lagged, input: 900, skipped: 0, output: 900, dropped: 3 },
    ...{ encodeMs: 41, captureMs: 180 + 30 * wave(t, 20) },
  };
}

function numbersAt(t: number): DetailNumbers {
  return {
    vbps: Math.round(4.3e6 + 6e5 * wave(t, 19) + 2e5 * wave(t, 3.7)),
    abps: Math.round(128_000 + 3_000 * wave(t, 5)),
    fps: 30 + 0.3 * wave(t, 11),
    gopMs: 2_000 + (wave(t, 60) > 0.95 ? 6_000 : 0),
    jitterMs: 6 + 4 * wave(t, 17) + (wave(t, 47) > 0.97 ? 60 : 0),
    driftMs: -40 + 60 * wave(t, 90),
    avOffsetMs: 12 + 9 * wave(t, 31),
    viewers: Math.round(140 + 30 * wave(t, 200)),
    latencyP50Ms: 1_900 + 200 * wave(t, 30),
    latencyP95Ms: 3_100 + 500 * wave(t, 23),
    stalls: wave(t, 33) > 0.9 ? 2 : 0,
    measuredViewers: Math.round(90 + 20 * wave(t, 200)),
  };
}

function serverNumbers(count: number, t: number): Readonly<Record<ServerColumn, number | null>> {
  return {
    cpuPercent: 14 + 5 * wave(t, 21),
    loopP99Ms: 4 + 2 * wave(t, 13) + (wave(t, 71) > 0.98 ? 40 : 0),
    rssBytes: 310e6 + 20e6 * wave(t, 120),
    mediaBytes: 140e6 + 12e6 * wave(t, 60),
    streams: count,
    viewers: 5_000,
    websockets: 12,
  };
}

function historyOf<Column extends string>(
  keys: readonly Column[],
  t: number,
  options: { readonly stepMs: number; readonly length: number },
  valuesAt: (t: number) => Readonly<Record<Column, number | null>>,
): History<Column> {
  const { stepMs, length } = options;
  const times = Array.from({ length }, (_, at) => t - (length - 1 - at) * stepMs);
  const rows = times.map(valuesAt);
  return { stepMs, endsAt: t, keys, columns: keys.map((key) => rows.map((row) => row[key])) };
}

const RECENT = { stepMs: SECOND_MS, length: 300 };
const HOUR = { stepMs: 10 * SECOND_MS, length: 360 };

function serverSnapshot(seq: number, t: number): ServerSnapshotMessage {
  const valuesAt = (at: number) => serverNumbers(200, at);
  return {
    op: 'serverSnapshot',
    seq,
    t,
    recent: historyOf(SERVER_COLUMNS, t, RECENT, valuesAt),
    hour: historyOf(SERVER_COLUMNS, t, HOUR, valuesAt),
    rejected: Array.from({ length: 11 }, (_, at) => ({
      t: t - at * 140_000 - 30_000,
      ...(at % 3 === 0 ? {} : { name: `camera-${at}` }),
      remoteAddress: '192.0.2.17',
      code: at % 2 === 0 ? 'unknown_key' : 'name_in_use',
      reason: at % 2 === 0 ? 'the publish key is unknown' : 'another publisher has this name',
      encoder: 'OBS 31.0.0',
    })),
  };
}

function segmentAt(msn: number, t: number): SegmentNote {
  const isLong = msn % 13 === 4;
  const parts = Array.from({ length: PARTS }, (_, at): [number, number, 0 | 1] => [
    (isLong ? SEGMENT_MS * 1.8 : SEGMENT_MS) / PARTS,
    Math.round(100_000 * (1 + 0.4 * wave(msn * 2000 + at * 200, 9))),
    at === 0 && msn % 19 !== 6 ? 1 : 0,
  ]);
  return {
    msn,
    t,
    durationMs: isLong ? SEGMENT_MS * 1.8 : SEGMENT_MS,
    bytes: parts.reduce((sum, [, bytes]) => sum + bytes, 0),
    parts,
    ...(msn % 17 === 2 ? { discontinuity: true as const } : {}),
    ...(msn % 23 === 9 ? { gap: true as const } : {}),
  };
}

function viewersAt(t: number): readonly ViewerRow[] {
  return Array.from({ length: 60 }, (_, at): ViewerRow => {
    const isMeasured = at % 3 !== 2;
    return {
      id: `v${at}`,
      player: ['Firefox · Linux', 'Chrome · Android', 'Safari · iOS', 'Edge · Windows'][at % 4] ?? '',
      kind: isMeasured ? 'measured' : 'counted',
      count: at % 3 === 2 ? 1 + (at % 5) : 1,
      network: `192.0.${at}.x`,
      ...(isMeasured
        ? {
            latencyMs: 1_700 + at * 30,
            bufferMs: 1_200 + at * 10,
            stalls: at % 7 === 0 ? 3 : 0,
            bitrateBps: 4.4e6,
            startupMs: 620 + at * 8,
          }
        : {}),
      since: t - 40_000 * (at + 1),
    };
  });
}

function snapshot(name: string, count: number, seq: number, t: number): SnapshotMessage {
  const now = Math.floor(t / SEGMENT_MS);
  const cards = cardsAt(count, t);
  const card = cards.find((one) => one.name === name) ?? { ...(cards[0] as StreamCard), name };
  const segments = Array.from({ length: 30 }, (_, at) =>
    segmentAt(now - 29 + at, t - (29 - at) * SEGMENT_MS),
  );
  return {
    op: 'snapshot',
    name,
    seq,
    t,
    card,
    health: healthOf(card),
    encoderReport: encoderAt(t),
    recent: historyOf(DETAIL_COLUMNS, t, RECENT, numbersAt),
    hour: historyOf(DETAIL_COLUMNS, t, HOUR, numbersAt),
    segments: segments.filter(({ msn }) => msn % 21 !== 0),
    events: [
      { t: t - 3_000_000, type: 'live', text: 'The stream is live.' },
      { t: t - 1_200_000, type: 'stalled', text: 'No media for 3 s.' },
      { t: t - 1_190_000, type: 'live', text: 'Media arrives again.' },
      { t: t - 210_000, type: 'tracks', text: 'The size of the picture changed to 1920×1080.' },
      { t: t - 95_000, type: 'issue', text: 'Key frames are too far apart.' },
    ],
    viewers: viewersAt(t),
  };
}
