// What the methods of Player.js do with the player of an embed.
import type { PlayerQuality, PlayerStats } from '../frame/player-protocol.ts';
import type { LiveFacts, LivePage } from '../live-page.ts';
import { isToken } from '../page/access-token.ts';
import { NO_QUALITIES } from '../player/engine-facts.ts';
import { qualityName } from '../stage/quality-name.ts';
import { toggleSound } from '../stage/sound.ts';
import { BadCall, type PlayerCommands } from './player-port.ts';

export type CommandTargets = {
  readonly page: LivePage;
  readonly video: HTMLVideoElement;
  /** The last known facts. */
  readonly facts: () => LiveFacts | undefined;
};

/** Volumes of Player.js are percent. */
const LOUDEST = 100;
/** The player chooses the quality. */
const AUTO = 'auto';

export function playerCommands(targets: CommandTargets): PlayerCommands {
  const { page, video, facts } = targets;
  const { player } = page.stage;
  return {
    play: () => player.play(),
    pause: () => player.pause(),
    getPaused: () => video.paused,
    mute: () => player.setMuted(true),
    unmute: () => {
      if (video.muted || video.volume === 0) toggleSound(video, player);
    },
    getMuted: () => video.muted,
    setVolume: (value) => {
      // The sound stays off or on: a browser pauses a video that a page unmutes before the first gesture.
      video.volume = numberIn(value, 'setVolume', 0, LOUDEST) / LOUDEST;
    },
    getVolume: () => Math.round(video.volume * LOUDEST),
    getDuration: () => durationOf(page) ?? 0,
    setCurrentTime: (value) => {
      const seconds = numberIn(value, 'setCurrentTime', 0, Number.MAX_SAFE_INTEGER);
      player.seekBehindLive(Math.max(0, (durationOf(page) ?? 0) - seconds));
    },
    getCurrentTime: () => player.positionS,
    setLoop: () => undefined,
    getLoop: () => false,
    seekToLive: () => player.goLive(),
    getLatency: () => facts()?.latencyMs ?? null,
    getQualities: () => qualitiesOf(page, video),
    setQuality: (value) => {
      const known = qualitiesOf(page, video).map(({ id }) => id);
      if (value !== AUTO && !known.includes(String(value)))
        throw new BadCall(`setQuality takes ${AUTO} or an id of getQualities, not ${shown(value)}`);
      player.engine?.chooseQuality(value === AUTO ? undefined : Number(value));
    },
    getStats: () => playerStats(targets),
    getState: () => facts()?.state ?? 'unknown',
    setToken: (value) => {
      // What it is instead may be secret too.
      if (!isToken(value)) throw new BadCall('setToken takes a token: letters, digits, ".", "_" and "-"');
      page.setToken(value);
    },
  };
}

/** Where live playback stands, in the seconds of `getCurrentTime`. */
export function durationOf(page: LivePage): number | undefined {
  return page.stage.player.engine?.playableRange()?.endS;
}

/** The qualities of the source; the one that plays is current. Empty before the first picture. */
export function qualitiesOf(page: LivePage, video: HTMLVideoElement): readonly PlayerQuality[] {
  const { videoWidth: width, videoHeight: height } = video;
  const { all, current } = page.stage.player.engine?.qualities() ?? NO_QUALITIES;
  if (height === 0) return [];
  // The browser's own HLS does not say what there is.
  if (all.length === 0) return [{ id: '0', label: `${height}p`, isCurrent: true, width, height }];
  return all.map((quality) => {
    const isCurrent = all.length === 1 || quality.id === current;
    return {
      id: String(quality.id),
      label: qualityName(quality, all, isCurrent ? height : undefined),
      isCurrent,
      ...(isCurrent ? { width, height } : quality.height === undefined ? {} : { height: quality.height }),
      ...(quality.bitrate === undefined ? {} : { bitrateBps: quality.bitrate }),
    };
  });
}

export function playerStats({ page, video, facts }: CommandTargets): PlayerStats {
  const { state = 'unknown', status, tick, latencyMs } = facts() ?? {};
  const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
  return {
    state,
    isPlaying: !video.paused && video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA,
    viewers: tick?.d.viewers ?? status?.viewers ?? null,
    latencyMs: latencyMs ?? null,
    targetLatencyMs: status?.targetLatencyMs ?? null,
    bufferMs: Math.round(Math.max(0, bufferEndS(video) - video.currentTime) * 1000),
    width: video.videoWidth || null,
    height: video.videoHeight || null,
    decodedFrames: totalVideoFrames,
    droppedFrames: droppedVideoFrames,
    stalls: page.stage.player.health.stalls.count,
  };
}

/** The end of the media that can be played without a gap. */
export function bufferEndS({ buffered, currentTime }: HTMLVideoElement): number {
  for (let at = 0; at < buffered.length; at += 1)
    if (buffered.start(at) <= currentTime && currentTime <= buffered.end(at)) return buffered.end(at);
  return currentTime;
}

function numberIn(value: unknown, method: string, least: number, most: number): number {
  // Hosts send the text of an input too.
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && number >= least && number <= most) return number;
  throw new BadCall(`${method} takes a number from ${least} to ${most}, not ${shown(value)}`);
}

const SHOWN_CHARACTERS = 60;

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, SHOWN_CHARACTERS);
}
