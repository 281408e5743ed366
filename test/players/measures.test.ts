// Tests of the measurements: pictures and pauses from samples, requests from the connection, a cut connection.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it } from 'vitest';
import { whenDone } from '../support/cleanup.ts';
import { framesIn, latencyIn, PlayLog, type PlaySample, pausesIn, stallsIn } from './play-log.ts';
import type { FaultKind, Limits } from './player.ts';
import { type Change, faultsOf, type PlayerRun, unexplained } from './player-run.ts';
import { type LineFacts, readShowinfo } from './program-player.ts';
import { startHttpTap } from './tcp-relay.ts';

const sample = (atMs: number, frames: number, stalls = 0, latencyMs = 800): PlaySample => ({
  ...{ atMs, frames, stalls, latencyMs },
  size: { width: 640, height: 360 },
});

it('counts pictures and pauses of a stretch, and the one that has not ended', () => {
  const samples = [sample(0, 0), sample(250, 8), sample(500, 8), sample(750, 8), sample(1000, 20)];
  expect(framesIn(samples, { fromMs: 250, toMs: 1000 })).toBe(12);
  expect(pausesIn(samples, { fromMs: 250, toMs: 1500 })).toEqual([750, 500]);
  expect(pausesIn(samples, { fromMs: 300, toMs: 900 })).toEqual([600]);
});

it('tells stalls and latency of a stretch only', () => {
  const samples = [
    sample(0, 0, 1, 5000),
    sample(250, 8, 1, 900),
    sample(500, 8, 2, 700),
    sample(750, 8, 3, 800),
  ];
  expect(stallsIn(samples, { fromMs: 250, toMs: 500 })).toBe(1);
  expect(latencyIn(samples, { fromMs: 250, toMs: 750 })).toBe(800);
  expect(latencyIn(samples, { fromMs: 800, toMs: 900 })).toBeUndefined();
});

it('goes on counting when a player counts anew', async () => {
  const counts = [10, 20, 3, 5];
  const log = new PlayLog({
    facts: async () => {
      const frames = counts.shift();
      if (frames === undefined) throw new Error('gone');
      return { frames, size: { width: 640, height: 360 }, stalls: undefined, latencyMs: undefined };
    },
    complaints: () => [],
    stop: async () => {},
  });
  await log.until(({ frames }) => frames === 25, 10_000);
  await log.stop();
  expect(log.samples.map(({ frames }) => frames)).toEqual([10, 20, 23, 25]);
});

it('reads pictures and their size off the lines of ffmpeg and of mpv', () => {
  const facts: LineFacts = { frames: 0, size: { width: 0, height: 0 }, stalls: undefined };
  for (const line of [
    '[Parsed_showinfo_0 @ 0x557f] n:   2 pts:   7920 pts_time:0.088   pos:    16101 fmt:yuv420p sar:1/1 s:640x360 i:P iskey:0 type:B ',
    '[ffmpeg] Parsed_showinfo_0: n: 299 pts:10030667 pts_time:10.0307 pos:       -1 fmt:yuv420p sar:1/1 s:1280x720 i:P iskey:1 type:P ',
    '[Parsed_showinfo_0 @ 0x557f] color_range:tv color_space:bt470bg',
  ])
    readShowinfo(line, facts);
  expect(facts).toMatchObject({ frames: 2, size: { width: 1280, height: 720 } });
});

it('reads every request of a connection off the wire, and cuts it', async () => {
  const server = createServer((_request, response) => response.end('x'.repeat(100)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  whenDone(() => void server.close());
  const tap = await startHttpTap((server.address() as AddressInfo).port);

  const client = connect(tap.port, '127.0.0.1');
  const ended = new Promise<string>((resolve) => client.on('error', ({ message }) => resolve(message)));
  client.write('GET /a HTTP/1.1\r\nhost: x\r\n\r\nGET /b?c=1 HTTP/1.1\r\nhost: x\r\n\r\n');
  let answer = '';
  for await (const piece of client.iterator({ destroyOnReturn: false })) {
    answer += String(piece);
    if (answer.split('HTTP/1.1 200').length === 3) break;
  }
  expect(tap.requests.map(({ target }) => target)).toEqual(['/a', '/b?c=1']);
  tap.cut();
  expect(await ended).toContain('ECONNRESET');
});

it.each([
  [7_900, 0],
  [8_100, 1],
])('a change that stops the picture for %d ms has %d faults', (pauseMs, faults) => {
  expect(faultsOf(runWith({ pauseMs }))).toHaveLength(faults);
});

it('a limit explains the faults that it names, and no other', () => {
  const kinds = (limits: Limits): FaultKind[] =>
    unexplained(runWith({ endFrames: 150, isReloaded: true }, limits)).map(({ kind }) => kind);
  expect(kinds({})).toEqual(['restart', 'pictures']);
  expect(kinds({ reconnect: { why: 'x', faults: ['pictures'] } })).toEqual(['restart']);
  expect(kinds({ reconnect: { why: 'x' } })).toEqual([]);
  expect(kinds({ steady: { why: 'x' } })).toEqual(['restart', 'pictures']);
});

/** A run in which everything is right except its one change. */
function runWith(change: Partial<Change>, limits: Limits = {}): PlayerRun {
  return {
    ...{ player: 'x', version: '1', date: '2026-01-01', startMs: 0, limits },
    ...{ complaints: [], gatewayComplaints: [] },
    asked: { playlists: 0, heldPlaylists: 0, parts: 0, segments: 0 },
    steady: { seconds: 60, frames: 1800, stalls: 0, longestPauseMs: 0, latencyMs: 800, publisherSilentMs: 0 },
    changes: [
      {
        ...{ kind: 'reconnect', pauseMs: 0, endFrames: 180, endSeconds: 6, isReloaded: false },
        size: { width: 640, height: 360 },
        ...change,
      },
    ],
  };
}
