// The rules about pictures: key frames, B-frames, sample format, size, frame rate and bit rate.

import { obsMenu } from './encoder-menus.ts';
import { saysWhatIsLost } from './encoder-rules.ts';
import { bitRate, found, ofPictures, percent, type Rule, rule, seconds } from './rule.ts';

/** YouTube and OvenMediaEngine warn above 4 s; the margin is one lost picture at 20 a second. */
const LONG_GOP_MS = 4_050;
/** A viewer of a low-latency stream starts at a key frame. */
const LATE_START_GOP_MS = 2_550;
const SHORT_GOP_MS = 500;
/** Fewer distances say nothing about what is usual. */
const LEAST_DISTANCES = 4;
const GOP_VARIATION = 0.25;
/** A single odd distance is a scene that an encoder cut once. */
const ODD_DISTANCES = 2;
const MANY_REORDERED = 0.01;
const MISSING_SHARE = 0.02;
const BITRATE_VARIATION = 0.4;
/** Less is a still picture, whose bit rate does not matter. */
const LEAST_VARYING_BPS = 300_000;
/** Encoders round frame rates in onMetaData. */
const FRAME_RATE_TOLERANCE = 0.1;
/** Sizes by lines, with the least and most sensible bit rate at 30 pictures a second. */
export const BIT_RATES: readonly { readonly lines: number; readonly least: number; readonly most: number }[] =
  [
    { lines: 2160, least: 6e6, most: 55e6 },
    { lines: 1440, least: 3e6, most: 27e6 },
    { lines: 1080, least: 1.5e6, most: 13e6 },
    { lines: 720, least: 0.7e6, most: 8e6 },
    { lines: 480, least: 0.35e6, most: 4e6 },
  ];
/** Twice the pictures need about one and a half times the bits. */
export const HIGH_FRAME_RATE = 35;
export const HIGH_FRAME_RATE_FACTOR = 1.5;

const gopFlags = (fps: number): string => {
  const frames = Math.max(Math.round(fps * 2), 1);
  return `-g ${frames} -keyint_min ${frames} -sc_threshold 0`;
};

export const PICTURE_RULES: readonly Rule[] = [
  rule({
    code: 'gopLong',
    title: 'Key frames are too far apart',
    trigger: 'The longest distance of key frames in the last 30 s is above 4 s, or above 2.5 s (info).',
    severities: ['error', 'info'],
    expected: 'a key frame every 2 s',
    raiseAfterS: 2,
    judge: ofPictures(({ keys, sinceKeyMs, recoveryPoints, openKeyFrames }) => {
      // Where key frames are open, another rule applies, and not every one of them is counted.
      const isOpen = openKeyFrames > 0 || (keys.count === 0 && recoveryPoints > 0);
      if (sinceKeyMs === undefined || isOpen) return 'unknown';
      const longestMs = Math.max(keys.maxMs, sinceKeyMs);
      const kind = sinceKeyMs >= keys.maxMs ? 'noneFor' : 'upTo';
      if (longestMs > LONG_GOP_MS) return found('error', { kind, longestMs });
      // A distance that has not ended may still become an error.
      if (keys.maxMs > LATE_START_GOP_MS) return found('info', { kind, longestMs });
      return keys.count === 0 ? 'unknown' : 'fine';
    }),
    observed: ({ kind, longestMs }) =>
      `${kind === 'noneFor' ? 'no key frame for' : 'up to'} ${seconds(longestMs)}`,
    fix: ({ obsVersion, fps }) => ({
      obs: obsMenu.keyFrames(obsVersion),
      ffmpeg: gopFlags(fps),
      generic: 'Set the keyframe interval (GOP) to 2 s; "auto" often means 250 pictures.',
    }),
  }),
  rule({
    code: 'gopShort',
    title: 'Key frames are very frequent',
    trigger: 'Key frames are less than 0.5 s apart on average over the last 30 s.',
    severities: ['info'],
    expected: 'a key frame every 2 s',
    raiseAfterS: 5,
    judge: ofPictures(({ keys }) => {
      if (keys.count < LEAST_DISTANCES) return 'unknown';
      return keys.meanMs < SHORT_GOP_MS ? found('info', { meanMs: keys.meanMs }) : 'fine';
    }),
    observed: ({ meanMs }) => `every ${seconds(meanMs)}`,
    fix: ({ obsVersion, fps }) => ({
      obs: obsMenu.keyFrames(obsVersion),
      ffmpeg: gopFlags(fps),
      generic: 'Set the keyframe interval (GOP) to 2 s: key frames cost the most bits.',
    }),
  }),
  rule({
    code: 'gopVariable',
    title: 'Key frames come irregularly',
    trigger: 'The distances of key frames in the last 30 s vary by more than 25 %, and none is above 4 s.',
    severities: ['warning'],
    expected: 'equal distances of 2 s',
    raiseAfterS: 5,
    judge: ofPictures(({ keys, sinceKeyMs, openKeyFrames }) => {
      if (keys.count < LEAST_DISTANCES || openKeyFrames > 0) return 'unknown';
      if (Math.max(keys.maxMs, sinceKeyMs ?? 0) > LONG_GOP_MS) return 'fine';
      const isVaried = keys.variation > GOP_VARIATION && keys.oddCount >= ODD_DISTANCES;
      const { minMs, maxMs } = keys;
      return isVaried ? found('warning', { minMs, maxMs }) : 'fine';
    }),
    observed: ({ minMs, maxMs }) => `from ${seconds(minMs)} to ${seconds(maxMs)}`,
    fix: ({ fps }) => ({
      obs: obsMenu.x264('scenecut=0'),
      ffmpeg: gopFlags(fps),
      generic: 'Switch off scene detection (scene cut, adaptive key frames) in the encoder.',
    }),
  }),
  rule({
    code: 'openGop',
    title: 'Key frames are not complete',
    trigger: 'Key frames are no IDR pictures (open GOP), or there are none (periodic intra refresh).',
    severities: ['error'],
    expected: 'closed GOPs: every key frame is an IDR picture',
    raiseAfterS: 5,
    judge: ofPictures(({ openKeyFrames, recoveryPoints, keys }) => {
      if (openKeyFrames > 0) return found('error', { kind: 'open', count: openKeyFrames });
      const isRefresh = recoveryPoints > 0 && keys.count === 0;
      return isRefresh ? found('error', { kind: 'refresh' }) : 'fine';
    }),
    observed: (values) =>
      values.kind === 'open'
        ? `${values.count} open key ${values.count === 1 ? 'frame' : 'frames'} in the last 30 s`
        : 'intra refresh in place of key frames',
    fix: () => ({
      obs: obsMenu.x264('open-gop=0 intra-refresh=0'),
      ffmpeg: '-x264-params open-gop=0:intra-refresh=0, or -flags +cgop',
      generic: 'Switch on closed GOPs, and switch off intra refresh.',
    }),
  }),
  rule({
    code: 'bFrames',
    title: 'B-frames add latency',
    trigger: 'Pictures are shown in another order than they are sent.',
    severities: ['info'],
    expected: 'no B-frames, for the lowest latency',
    raiseAfterS: 3,
    judge: ofPictures(({ reorderedShare, maxOffsetMs }) => {
      if (reorderedShare === undefined) return 'unknown';
      if (reorderedShare < MANY_REORDERED) return 'fine';
      return found('info', { share: reorderedShare, laterMs: maxOffsetMs });
    }),
    observed: ({ share, laterMs }) =>
      `${percent(share)} of the pictures, up to ${Math.round(laterMs)} ms later`,
    fix: ({ obsVersion }) => ({
      obs: obsMenu.bFrames(obsVersion),
      ffmpeg: '-bf 0 (or -tune zerolatency)',
      generic: 'Set B-frames to 0. They save bits, so keep them where two or three pictures do not matter.',
    }),
  }),
  rule({
    code: 'bitrateUnstable',
    title: 'The bit rate varies much',
    trigger: 'The bit rate of pictures over 4 s varies by more than 40 % in the last minute.',
    severities: ['warning'],
    expected: 'a constant bit rate (CBR)',
    raiseAfterS: 5,
    judge: ofPictures(({ bps, bpsVariation }) => {
      if (bps === undefined || bpsVariation === undefined) return 'unknown';
      const isVaried = bpsVariation > BITRATE_VARIATION && bps > LEAST_VARYING_BPS;
      return isVaried ? found('warning', { share: bpsVariation, bps }) : 'fine';
    }),
    observed: ({ share, bps }) => `±${percent(share)} around ${bitRate(bps)}`,
    fix: ({ bps = 2.5e6 }) => {
      const kbps = Math.max(Math.round(bps / 1000), 1);
      return {
        obs: obsMenu.cbr(),
        ffmpeg: `-b:v ${kbps}k -maxrate ${kbps}k -bufsize ${kbps}k`,
        generic:
          'Use a constant bit rate: viewers stall where a busy scene needs more than their network has.',
      };
    },
  }),
  rule({
    code: 'bitrateLow',
    title: 'The bit rate is low for this picture size',
    trigger: 'The bit rate is below the least of the [table](#bit-rates) for the picture size.',
    severities: ['info'],
    expected: 'at least the bit rate of the table for the picture size',
    raiseAfterS: 15,
    judge: ofPictures(({ bps, width, height, fps }) => {
      if (bps === undefined) return 'unknown';
      const range = rangeOf(width, height, fps);
      if (range === undefined || bps >= range.least) return 'fine';
      return found('info', { bps, leastBps: range.least, width, height });
    }),
    observed: ({ bps, leastBps, width, height }) =>
      `${bitRate(bps)} at ${width}×${height}; at least ${bitRate(leastBps)} look good`,
    fix: () => ({
      obs: `${obsMenu.bitrate()}, or a smaller Settings → Video → Output (Scaled) Resolution`,
      ffmpeg: '-b:v with more, or -vf scale=-2:720',
      generic: 'Raise the bit rate, or send a smaller picture.',
    }),
  }),
  rule({
    code: 'bitrateHigh',
    title: 'The bit rate is high for this picture size',
    trigger: 'The bit rate is above the most of the [table](#bit-rates) for the picture size.',
    severities: ['info'],
    expected: 'at most the bit rate of the table for the picture size',
    raiseAfterS: 15,
    judge: ofPictures(({ bps, width, height, fps }) => {
      if (bps === undefined) return 'unknown';
      const range = rangeOf(width, height, fps);
      if (range === undefined || bps <= range.most) return 'fine';
      return found('info', { bps, mostBps: range.most, width, height });
    }),
    observed: ({ bps, mostBps, width, height }) =>
      `${bitRate(bps)} at ${width}×${height}; ${bitRate(mostBps)} are enough`,
    fix: () => ({
      obs: obsMenu.bitrate(),
      ffmpeg: '-b:v with less',
      generic: 'Lower the bit rate: every viewer needs a network that carries it.',
    }),
  }),
  rule({
    code: 'framesDropped',
    title: 'Pictures are missing',
    trigger:
      'More than 2 % of the pictures of a steady frame rate are missing in the last 30 s, and the encoder does not say why.',
    severities: ['warning'],
    expected: 'every picture of the frame rate',
    raiseAfterS: 5,
    judge: ofPictures(({ missingShare }, { encoderReport }) => {
      if (missingShare === undefined) return 'unknown';
      if (saysWhatIsLost(encoderReport)) return 'fine';
      return missingShare > MISSING_SHARE ? found('warning', { share: missingShare }) : 'fine';
    }),
    observed: ({ share }) => `${percent(share)} are missing`,
    fix: () => ({
      obs: `${obsMenu.preset()}; the status bar says what drops frames`,
      ffmpeg: '-preset veryfast (or faster), and a smaller -vf scale',
      generic:
        'The encoder or the upload is too slow: use a faster preset, a smaller picture, or a lower bit rate.',
    }),
  }),
  rule({
    code: 'resolutionChanged',
    title: 'The picture size has changed',
    trigger: 'The picture size of a source changed in the last minute.',
    severities: ['info'],
    expected: 'one size as long as the stream lasts',
    raiseAfterS: 1,
    judge: ofPictures(({ sizeChange }) =>
      sizeChange === undefined ? 'fine' : found('info', { from: sizeChange.from, to: sizeChange.to }),
    ),
    observed: ({ from, to }) => `${from} → ${to}`,
    fix: () => ({
      generic: 'Players restart their decoders at each change; set a fixed output size in the encoder.',
    }),
  }),
  rule({
    code: 'metaMismatch',
    title: 'onMetaData and the pictures differ',
    trigger: 'Width, height or frame rate in onMetaData differ from those of the pictures.',
    severities: ['info'],
    expected: 'the values of the pictures',
    raiseAfterS: 5,
    judge: ofPictures(({ announced, width, height, displayWidth, fps }) => {
      const { width: announcedWidth = width, height: announcedHeight = height } = announced;
      const isWidth = [width, displayWidth].includes(announcedWidth);
      if (!isWidth || announcedHeight !== height)
        return found('info', { kind: 'size', announcedWidth, announcedHeight, width, height });
      const { frameRate } = announced;
      if (fps === undefined || frameRate === undefined) return 'fine';
      const isRate = Math.abs(frameRate - fps) <= fps * FRAME_RATE_TOLERANCE;
      return isRate ? 'fine' : found('info', { kind: 'rate', announcedFps: frameRate, fps });
    }),
    observed: (values) =>
      values.kind === 'size'
        ? `announced ${values.announcedWidth}×${values.announcedHeight}, sent ${values.width}×${values.height}`
        : `announced ${values.announcedFps} fps, sent ${values.fps.toFixed(1)} fps`,
    fix: () => ({
      generic:
        'The gateway goes by the pictures; restart the encoder so that other tools are told the truth too.',
    }),
  }),
];

function rangeOf(
  width: number,
  height: number,
  fps: number | undefined,
): { readonly least: number; readonly most: number } | undefined {
  // The shorter side, so that upright pictures count like wide ones.
  const lines = Math.min(width, height);
  const row = BIT_RATES.find((each) => lines >= each.lines);
  const factor = (fps ?? 0) > HIGH_FRAME_RATE ? HIGH_FRAME_RATE_FACTOR : 1;
  return row && { least: row.least * factor, most: row.most * factor };
}
