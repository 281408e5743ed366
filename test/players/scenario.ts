// One player's run: it joins a live stream, plays a minute, and continues when the publisher is lost and returns, returns
// with another size, and changes the size in one connection. A player that does not continue is restarted.
import { setTimeout as delay } from 'node:timers/promises';
import { type GatewayProcess, type LogLine, startGateway } from '../support/gateway-process.ts';
import { fetchMedia, firstMediaUrl } from '../support/hls-client.ts';
import {
  framesIn,
  latencyIn,
  PlayLog,
  type PlaySample,
  pausesIn,
  type Stretch,
  stallsIn,
} from './play-log.ts';
import { LARGE, type Player, type Playing, SMALL, type Targets } from './player.ts';
import type { Asked, Change, PlayerRun } from './player-run.ts';
import { makeClip, type ScriptedPublisher, scriptedPublisher } from './scripted-publisher.ts';
import { type HttpTap, startHttpTap } from './tcp-relay.ts';

const NAME = 'player';
/**
 * A stream that has run for a while, as most viewers join: with as many segments as players begin with (RFC 8216
 * 6.3.3)...
 */
const SEGMENTS_BEFORE = 3;
/** ...and full ones, because a stream starts with short segments. */
const FULL_SEGMENT_S = 1.9;
/** A browser on a busy machine starts slowly. */
const START_TIMEOUT_MS = 45_000;
/** The start is over: the first pictures often arrive in a burst. */
const SETTLE_MS = 5_000;
const STEADY_MS = 60_000;
/** How long the publisher is away. */
const AWAY_MS = 3_000;
/** From the publisher's return to the end of the phase: players without low latency are about 10 s behind. */
const AFTER_CHANGE_MS = 20_000;
/** The end of a phase, in which everything must be right again. */
const END_MS = 6_000;
/** A player that takes a segment at a time is always between two of them: its end begins one segment earlier. */
const SEGMENT_MS = 2_000;
/** A player that does not play then is restarted, and gets this long. */
const RESTART_MS = 20_000;
/** For a player that does not count its stalls, this long without a picture counts as one. */
const FREEZE_MS = 1_500;

type Stage = {
  readonly player: Player;
  readonly targets: Targets;
  readonly publisher: ScriptedPublisher;
  playing: Playing;
  log: PlayLog;
  readonly complaints: Set<string>;
};

/** Runs it; faultsOf() reports the faults. Throws when the player shows no picture at all. */
export async function runPlayer(player: Player): Promise<PlayerRun> {
  const version = await player.version();
  const [small, large] = [await makeClip(SMALL), await makeClip(LARGE)];
  const gateway = await startGateway();
  const tap = await startHttpTap(gateway.httpPort);
  const publisher = await scriptedPublisher(gateway, NAME);
  await publisher.begin(small);
  await untilUnderWay(gateway);

  const base = `http://127.0.0.1:${tap.port}`;
  const targets = { playlistUrl: `${base}/live/${NAME}/index.m3u8`, watchUrl: `${base}/watch/${NAME}` };
  const startedAtMs = performance.now();
  const playing = await player.start(targets);
  const stage: Stage = {
    ...{ player, targets, publisher, playing },
    log: new PlayLog(playing),
    complaints: new Set(),
  };
  const first = await stage.log.until(({ frames }) => frames > 0, START_TIMEOUT_MS);
  await delay(SETTLE_MS);
  const { steady, asked } = await watchSteadily(stage, tap);
  const changes = [
    await change(stage, 'reconnect', () => comeBack(publisher, small)),
    await change(stage, 'resize-on-reconnect', () => comeBack(publisher, large)),
    await change(stage, 'resize-in-connection', async () => publisher.change(small)),
  ];
  await leave(stage);
  return {
    player: player.name,
    version,
    date: new Date().toISOString().slice(0, 10),
    startMs: first.atMs - startedAtMs,
    ...{ asked, steady, changes },
    complaints: [...stage.complaints],
    gatewayComplaints: gateway.logs.filter(isUnexpected).map((line) => JSON.stringify(line)),
    limits: player.limits ?? {},
  };
}

async function untilUnderWay(gateway: GatewayProcess): Promise<void> {
  const mediaUrl = await firstMediaUrl(gateway.url(`/live/${NAME}/index.m3u8`));
  for (;;) {
    const { playlist } = await fetchMedia(mediaUrl);
    const whole = playlist.segments.filter(({ uri }) => uri !== '').slice(-SEGMENTS_BEFORE);
    if (whole.length === SEGMENTS_BEFORE && whole.every(({ duration }) => duration >= FULL_SEGMENT_S)) return;
    await delay(500);
  }
}

async function watchSteadily(stage: Stage, tap: HttpTap): Promise<Pick<PlayerRun, 'steady' | 'asked'>> {
  const fromMs = performance.now();
  stage.publisher.longestSilenceMs();
  await delay(STEADY_MS);
  const stretch = { fromMs, toMs: performance.now() };
  const { samples } = stage.log;
  const steady = {
    seconds: (stretch.toMs - fromMs) / 1000,
    frames: framesIn(samples, stretch),
    stalls:
      stage.player.isUnpaced === true ? undefined : (stallsIn(samples, stretch) ?? freezes(samples, stretch)),
    longestPauseMs: Math.max(...pausesIn(samples, stretch)),
    latencyMs: latencyIn(samples, stretch),
    publisherSilentMs: stage.publisher.longestSilenceMs(),
  };
  return { steady, asked: askedIn(tap, stretch) };
}

function freezes(samples: readonly PlaySample[], stretch: Stretch): number {
  return pausesIn(samples, stretch).filter((pauseMs) => pauseMs > FREEZE_MS).length;
}

function askedIn(tap: HttpTap, { fromMs, toMs }: Stretch): Asked {
  const targets = tap.requests
    .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
    .map(({ target }) => target);
  const count = (pattern: RegExp): number => targets.filter((target) => pattern.test(target)).length;
  return {
    playlists: count(/\.m3u8/),
    heldPlaylists: count(/_HLS_msn=/),
    parts: count(/\/part-/),
    segments: count(/\/seg-/),
  };
}

async function comeBack(
  publisher: ScriptedPublisher,
  clip: Parameters<ScriptedPublisher['begin']>[0],
): Promise<void> {
  publisher.vanish();
  await delay(AWAY_MS);
  await publisher.begin(clip);
}

async function change(stage: Stage, kind: Change['kind'], make: () => Promise<void>): Promise<Change> {
  const fromMs = performance.now();
  await make();
  await delay(AFTER_CHANGE_MS);
  const watched = endOf(stage, fromMs);
  if (watched.endFrames > 0) return { kind, ...watched, isReloaded: false };
  await leave(stage);
  stage.playing = await stage.player.start(stage.targets);
  stage.log = new PlayLog(stage.playing);
  await delay(RESTART_MS);
  return { kind, ...endOf(stage, fromMs), pauseMs: watched.pauseMs, isReloaded: true };
}

function endOf(
  { log, player }: Stage,
  fromMs: number,
): Pick<Change, 'pauseMs' | 'endFrames' | 'endSeconds' | 'size'> {
  const toMs = performance.now();
  const { samples } = log;
  const heldBackMs = player.isUnpaced === true ? SEGMENT_MS : 0;
  return {
    pauseMs: Math.max(...pausesIn(samples, { fromMs, toMs })),
    endFrames: framesIn(samples, { fromMs: toMs - END_MS - heldBackMs, toMs }),
    endSeconds: END_MS / 1000,
    size: samples.at(-1)?.size ?? { width: 0, height: 0 },
  };
}

async function leave({ log, playing, complaints }: Stage): Promise<void> {
  await log.stop();
  for (const complaint of playing.complaints()) complaints.add(complaint);
  await playing.stop();
}

/** Only the reset of a publisher may cause a warning, and the clips, whose bit rate varies: the doctor's lines have an `issue`. */
function isUnexpected({ level, msg, issue }: LogLine): boolean {
  return level !== undefined && level !== 'info' && msg !== 'rtmp connection closed' && issue === undefined;
}
