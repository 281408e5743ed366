// Playlists as text (RFC 8216bis clause 4.4), written from any view and parsed by two readers.

import { parse } from 'hls-parser';
import { parseAacConfig } from '../../../server/codec/aac.ts';
import { parseAvcConfig } from '../../../server/codec/avc.ts';
import { pictureOf } from '../../../server/codec/codec-config.ts';
import {
  hasDeltaUpdate,
  type MediaPlaylistView,
  renderDeltaUpdate,
  renderMediaPlaylist,
} from '../../../server/hls/media-playlist.ts';
import { codecList, renderMultivariantPlaylist } from '../../../server/hls/multivariant-playlist.ts';
import { Block } from '../../../server/hls/part-arena.ts';
import type { Part, Segment } from '../../../server/hls/segment.ts';
import { msOf, secondsOf, TICKS_PER_MS, ticksOfMs } from '../../../server/media/ticks.ts';
import { audioTrack, type Track, videoTrack } from '../../../server/media/track.ts';
import { AAC_CONFIG_CASES } from '../../cases/aac-configs.ts';
import { AVC_CONFIG_CASES } from '../../cases/avc-configs.ts';
import { checkDelta, readPlaylist } from '../../support/playlist-rules.ts';
import { bucket, demand, type FuzzTarget, hexWords } from '../fuzz-target.ts';
import { InputFeed } from '../input-feed.ts';

const MIB = 1024 * 1024;

/** Any view that the ring can produce. */
function viewOf(feed: InputFeed): MediaPlaylistView {
  const block = new Block(Buffer.alloc(0), () => undefined);
  const timing = {
    partTarget: ticksOfMs(10 + feed.u16()),
    targetDuration: 1 + feed.u8(),
    segmentTarget: ticksOfMs(2_000),
  };
  let msn = feed.u32();
  let dateMs = feed.u32() * 1_000;
  const count = feed.u8() % 90;
  const hasEnded = feed.u8() % 4 === 0;
  const segments = Array.from({ length: count }, (_, at): Segment => {
    const isOpen = at === count - 1 && !hasEnded;
    const partCount = 1 + (feed.u8() % 8);
    const parts = Array.from({ length: partCount }, (_unused, index): Part => {
      const flags = feed.u8();
      const slices = (flags & 6) === 6 ? [] : [{ bytes: Buffer.alloc(1), block }];
      const byteLength = slices.length;
      // 4.4.4.9: only a segment's last part may be shorter than 85 % of PART-TARGET.
      const least = index === partCount - 1 && !isOpen ? 0.004 : 0.86;
      const duration = Math.round(timing.partTarget * (least + ((1 - least) * feed.u8()) / 255));
      const uri = `part-e-${msn}-${index}.m4s`;
      return { uri, duration, isIndependent: (flags & 1) === 1, slices, byteLength };
    });
    const duration = parts.reduce((sum, part) => sum + part.duration, 0);
    const init = { uri: `init-e-${feed.u8() % 3}.mp4`, bytes: Buffer.alloc(0) };
    const byteLength = parts.reduce((sum, part) => sum + part.byteLength, 0);
    const hasDiscontinuity = feed.u8() % 4 === 0;
    const segment = {
      msn,
      uri: `seg-e-${msn}.m4s`,
      init,
      hasDiscontinuity,
      programDateTimeMs: dateMs,
      parts,
      duration,
      byteLength,
      isOpen,
    };
    msn += 1;
    dateMs += msOf(duration);
    return segment;
  });
  return {
    timing,
    partHoldBack: 3 * timing.partTarget,
    discontinuitySequence: feed.u8(),
    segments,
    nextMsn: msn,
    preloadHintUri: hasEnded ? undefined : `part-e-${msn}-9.m4s`,
    reports: msn % 2 === 0 ? [] : [{ uri: 'captions.m3u8', lastMsn: msn, lastPart: undefined }],
  };
}

const mediaPlaylist: FuzzTarget = {
  name: 'media-playlist',
  seeds: () => [
    Buffer.from([
      0, 200, 4, 0, 0, 0, 9, 0x66, 0, 0, 0, 3, 1, 4, 1, 255, 0, 255, 0, 255, 0, 255, 0, 1, 4, 1, 255, 0, 200,
      6, 99, 6, 3, 1, 0,
    ]),
    Buffer.from([3, 232, 6, 0xff, 0xff, 0xff, 0xf0, 0x66, 0, 0, 0, 11, 4, ...Array(200).fill(6)]),
    Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0]),
  ],
  dictionary: hexWords('00', 'ff', '06', 'ffff', 'ffffffff'),
  maxInputBytes: 512,
  maxAllocatedBytes: 16 * MIB,
  mayRefuse: false,
  run: (input) => {
    const view = viewOf(new InputFeed(input));
    const text = renderMediaPlaylist(view);
    demand(renderMediaPlaylist(view) === text, () => 'the same view gives another text');
    if (hasDeltaUpdate(view)) checkDelta(text, renderDeltaUpdate(view));
    const read = readPlaylist(text);
    // hls-parser accepts no playlist without a segment, and no part longer than its segment's target.
    if (view.segments.length > 0 && isPlayable(view)) demand(!parse(text).isMasterPlaylist, () => text);
    demand(
      read.targetDuration === view.timing.targetDuration && read.hint === view.preloadHintUri,
      () => text,
    );
    demand(
      read.segments.length === view.segments.length,
      () => `${read.segments.length} segments of ${view.segments.length}\n${text}`,
    );
    let discontinuity = view.discontinuitySequence;
    for (const [at, segment] of view.segments.entries()) {
      const found = read.segments[at];
      if (segment.hasDiscontinuity) discontinuity += 1;
      demand(
        found?.msn === segment.msn && found.map === segment.init?.uri,
        () => `segment ${segment.msn}\n${text}`,
      );
      demand(found.discontinuity === discontinuity, () => `discontinuity of ${segment.msn}\n${text}`);
      demand(
        Math.abs(found.dateMs - segment.programDateTimeMs) <= 1,
        () => `date of ${segment.msn}\n${text}`,
      );
      if (!segment.isOpen)
        demand(
          Math.abs((found.duration ?? -1) - secondsOf(segment.duration)) < 1e-4,
          () => `EXTINF of ${segment.msn}\n${text}`,
        );
      const isShown = found.parts.length > 0;
      demand(
        !isShown || found.parts.length === segment.parts.length,
        () => `parts of ${segment.msn}\n${text}`,
      );
    }
    return `${view.segments.length} ${read.hasEnded} ${hasDeltaUpdate(view)} ${bucket(text.length)}`;
  },
};

/** What the segmenter ensures: no segment rounds above TARGETDURATION, no part rounds to zero at five decimals. */
function isPlayable({ timing, segments }: MediaPlaylistView): boolean {
  return segments.every(
    ({ duration, parts }) =>
      Math.round(secondsOf(duration)) <= timing.targetDuration &&
      parts.every((part) => part.duration >= TICKS_PER_MS),
  );
}

const VIDEO_CONFIGS = AVC_CONFIG_CASES.map(({ record }) => videoTrack(parseAvcConfig(record)));
const AUDIO_CONFIGS = AAC_CONFIG_CASES.map(({ record }) => audioTrack(parseAacConfig(record)));

const multivariantPlaylist: FuzzTarget = {
  name: 'multivariant-playlist',
  seeds: () => [
    Buffer.from([0, 1, 1, 0, 0x20, 0, 0, 0, 0x10, 0, 0, 0x75, 0x30]),
    Buffer.from([2, 9, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
  ],
  dictionary: hexWords('ffffffff', '00000000', '7530'),
  maxInputBytes: 32,
  maxAllocatedBytes: 4 * MIB,
  mayRefuse: false,
  run: (input) => {
    const feed = new InputFeed(input);
    const choice = feed.u8() % 3;
    const [video, audio] = [feed.pick(VIDEO_CONFIGS), feed.pick(AUDIO_CONFIGS)];
    const tracks: Track[] = choice === 0 ? [video, audio] : choice === 1 ? [video] : [audio];
    const bandwidth = { peak: 1 + feed.u32() / 7, average: 1 + feed.u32() / 9 };
    const rate = feed.u24() / 1_000;
    const frameRate = rate < 1 ? undefined : rate;
    const playlist = parse(renderMultivariantPlaylist([{ uri: 'main.m3u8', tracks, bandwidth, frameRate }]));
    demand(playlist.isMasterPlaylist && 'variants' in playlist, () => 'not a multivariant playlist');
    const variant = playlist.variants[0];
    demand(
      variant?.uri === 'main.m3u8' && variant.codecs === codecList(tracks),
      () => `codecs ${variant?.codecs}`,
    );
    demand(variant.bandwidth === Math.ceil(bandwidth.peak), () => `BANDWIDTH ${variant.bandwidth}`);
    // The display size: pixels of some cases are not square.
    const { displayWidth, displayHeight } = pictureOf(video.config);
    const { width, height } = variant.resolution ?? {};
    demand(choice === 2 || (width === displayWidth && height === displayHeight), () => `${width}x${height}`);
    const isRateRight =
      choice === 2 || frameRate === undefined || Math.abs((variant.frameRate ?? 0) - frameRate) < 0.001;
    demand(isRateRight, () => `FRAME-RATE ${variant.frameRate}, not ${frameRate}`);
    return `${choice} ${frameRate === undefined} ${variant.codecs}`;
  },
};

export const PLAYLIST_TARGETS: readonly FuzzTarget[] = [mediaPlaylist, multivariantPlaylist];
