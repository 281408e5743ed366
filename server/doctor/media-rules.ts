// The rules about sound, codecs, and the pace at which media arrives.

import type { IssueValues } from '../stats/issue-values.ts';
import { obsMenu } from './encoder-menus.ts';
import type { SourceFacts } from './facts.ts';
import { bitRate, found, ofSource, type Rule, type RuleOf, rule, seconds } from './rule.ts';

const SLOW_RATE = 0.95;
const FAST_RATE = 1.1;
/** After a pause an encoder sends what it has kept, faster than real time, and is not ahead. 1.1 times gains 500 ms in 5 s. */
const LEAST_AHEAD_MS = 400;
const AV_WARNING_MS = 100;
const AV_ERROR_MS = 500;
/** A track that starts later than this was switched on by somebody. */
const MOST_START_MS = 3_000;
/** Fewer are rounding. */
const MANY_BAD_TIMESTAMPS = 5;
const WAIT_FOR_TRACK_MS = 5_000;
const USUAL_RATES: readonly number[] = [44_100, 48_000];
const STEREO = 2;
/** AAC LC, and SBR or parametric stereo over it. */
const USUAL_AAC: readonly number[] = [2, 5, 29];
const CHROMA_NAMES: Readonly<Record<number, string>> = { 0: '4:0:0', 1: '4:2:0', 2: '4:2:2', 3: '4:4:4' };

const H264 = {
  ffmpeg: '-c:v libx264 -pix_fmt yuv420p -profile:v high -c:a aac',
  generic: 'Send H.264, 8 bit, 4:2:0 (profile Baseline, Main or High), with AAC-LC sound.',
};

const AV_OFFSETS: Readonly<Record<IssueValues['avDrift']['kind'], (apart: string) => string>> = {
  ahead: (apart) => `timestamps of sound are ${apart} ahead of those of pictures`,
  behind: (apart) => `timestamps of sound are ${apart} behind those of pictures`,
  beginsAfter: (apart) => `sound begins ${apart} after the pictures`,
  beginsBefore: (apart) => `sound begins ${apart} before the pictures`,
};

export const MEDIA_RULES: readonly Rule[] = [
  rule({
    code: 'videoStarved',
    title: 'The upload is too slow',
    trigger: 'Media time advances less than 0.95 times as fast as the wall clock over 5 s.',
    severities: ['error'],
    expected: 'one second of media in one second',
    raiseAfterS: 5,
    judge: ofSource(({ pace }) => {
      if (pace === undefined) return 'unknown';
      if (pace.rate + pace.tolerance >= SLOW_RATE) return 'fine';
      return found('error', { rate: pace.rate });
    }),
    observed: ({ rate }) => `${rate.toFixed(2)} s of media in a second`,
    fix: ({ lowerBps }) => {
      const lower = lowerBps === undefined ? '70 % of the present one' : bitRate(lowerBps);
      return {
        obs: `${obsMenu.bitrate()}: ${lower}`,
        ffmpeg:
          lowerBps === undefined ? '-b:v with less' : `-b:v ${Math.max(Math.round(lowerBps / 1000), 1)}k`,
        generic: `Lower the bit rate to ${lower}, use a cable in place of WLAN, and stop other uploads. If the encoder says that it is overloaded, use a faster preset.`,
      };
    },
  }),
  rule({
    code: 'fasterThanRealtime',
    title: 'Media arrives faster than real time',
    trigger: 'Media time advances more than 1.1 times as fast as the wall clock over 5 s, after the start.',
    severities: ['error'],
    expected: 'one second of media in one second',
    raiseAfterS: 2,
    judge: ofSource(({ pace }) => {
      if (pace === undefined) return 'unknown';
      if (pace.rate - pace.tolerance <= FAST_RATE || pace.aheadMs < LEAST_AHEAD_MS) return 'fine';
      return found('error', { rate: pace.rate });
    }),
    observed: ({ rate }) => `${rate.toFixed(1)} s of media in a second`,
    fix: () => ({
      ffmpeg: 'add -re before -i',
      generic: 'Send a file at the speed at which it plays; live players cannot follow otherwise.',
    }),
  }),
  rule({
    code: 'avDrift',
    title: 'Sound and pictures are apart',
    trigger:
      'Sound and pictures that arrive together are more than 100 ms apart (warning), or 500 ms (error); or sound begins 0.5 to 3 s before or after the pictures (warning), because an encoder that delays one of two inputs sends both sorted by time.',
    severities: ['error', 'warning'],
    expected: 'less than 100 ms',
    raiseAfterS: 5,
    judge: ofSource(({ avOffsetMs, startOffsetMs = 0, pictures, sound }) => {
      if (pictures === undefined || sound === undefined) return 'fine';
      if (avOffsetMs === undefined) return 'unknown';
      const apartMs = Math.abs(avOffsetMs);
      if (apartMs > AV_WARNING_MS)
        return found(apartMs > AV_ERROR_MS ? 'error' : 'warning', {
          kind: avOffsetMs > 0 ? 'ahead' : 'behind',
          apartMs,
        });
      const startMs = Math.abs(startOffsetMs);
      if (startMs < AV_ERROR_MS || startMs > MOST_START_MS) return 'fine';
      const kind = startOffsetMs > 0 ? 'beginsAfter' : 'beginsBefore';
      return found('warning', { kind, apartMs: startMs });
    }),
    observed: ({ kind, apartMs }) => AV_OFFSETS[kind](`${Math.round(apartMs)} ms`),
    fix: () => ({
      obs: obsMenu.syncOffset(),
      ffmpeg: 'one -itsoffset for both inputs; -af aresample=async=1 where the sound drifts',
      generic: 'Set the audio delay of the encoder to 0, and take picture and sound from one device.',
    }),
  }),
  rule({
    code: 'timestampJump',
    title: 'Timestamps jump',
    trigger:
      "The source's clock jumped by more than 1 s, or went back, or 5 timestamps did not advance, in the last 30 s.",
    severities: ['warning'],
    expected: 'timestamps that follow each other',
    raiseAfterS: 1,
    judge: ofSource(({ clockJumps, badTimestamps }) => {
      if (clockJumps > 0) return found('warning', { kind: 'jumps', count: clockJumps });
      if (badTimestamps < MANY_BAD_TIMESTAMPS) return 'fine';
      return found('warning', { kind: 'stuck', count: badTimestamps });
    }),
    observed: ({ kind, count }) =>
      kind === 'jumps'
        ? `${count} ${count === 1 ? 'jump' : 'jumps'} in the last 30 s`
        : `${count} timestamps do not advance in the last 30 s`,
    fix: () => ({
      obs: 'stop streaming and start it again; a media source that loops can be the cause',
      ffmpeg: '-fflags +genpts before -i, or encode again in place of -c copy',
      generic: 'Restart the encoder. A playlist of files needs new timestamps at each file.',
    }),
  }),
  rule({
    code: 'noVideo',
    title: 'There are no pictures',
    trigger: '5 s after the first sound no picture has arrived; info if the encoder said so.',
    severities: ['warning', 'info'],
    expected: 'a video track',
    raiseAfterS: 1,
    judge: ofSource((source) =>
      missingTrack(source, 'v', source.pictures !== undefined, source.isWithoutPictures, 'warning'),
    ),
    observed: (values) => missing('no picture', values),
    fix: () => ({
      obs: 'check that the scene has a source, and Settings → Output → Video Encoder',
      ffmpeg: '-map 0:v -c:v libx264',
      generic: 'Add a video track, if the stream is meant to have pictures.',
    }),
  }),
  rule({
    code: 'noAudio',
    title: 'There is no sound',
    trigger: '5 s after the first picture no sound has arrived.',
    severities: ['info'],
    expected: 'an audio track',
    raiseAfterS: 1,
    judge: ofSource((source) =>
      missingTrack(source, 'a', source.sound !== undefined, source.isWithoutSound, 'info'),
    ),
    observed: (values) => missing('no sound', values),
    fix: () => ({
      obs: 'Settings → Output → Output Mode: Advanced → Streaming → Audio Track',
      ffmpeg: '-map 0:a -c:a aac, or -f lavfi -i anullsrc for silence',
      generic: 'Add an audio track, even a silent one: some players wait for it.',
    }),
  }),
  rule({
    code: 'codecUnsupported',
    title: 'Browsers cannot decode this',
    trigger: 'A track is not played because of its codec, or H.264 is not 8 bit 4:2:0.',
    severities: ['error'],
    expected: 'H.264 8 bit 4:2:0, and AAC-LC',
    raiseAfterS: 1,
    judge: ofSource(({ leftOut, pictures }) => {
      const codec = leftOut.find(([, code]) => code.startsWith('unsupported'));
      if (codec !== undefined) return found('error', { kind: 'track', track: codec[0], error: codec[1] });
      if (pictures === undefined) return 'fine';
      const { chromaFormat, bitDepth } = pictures;
      if (chromaFormat === 1 && bitDepth === 8) return 'fine';
      return found('error', { kind: 'format', bitDepth, chroma: CHROMA_NAMES[chromaFormat] ?? '' });
    }),
    observed: (values) =>
      values.kind === 'track'
        ? notPlayed(values)
        : `H.264 with ${values.bitDepth} bit ${values.chroma}`.trim(),
    fix: ({ obsVersion }) => ({ ...H264, obs: `${obsMenu.colourFormat(obsVersion)}; ${obsMenu.encoder()}` }),
  }),
  rule({
    code: 'trackUnreadable',
    title: 'A track cannot be read',
    trigger: 'A track is not played because its data is damaged or has no key frame.',
    severities: ['error'],
    expected: 'every track is played',
    raiseAfterS: 1,
    judge: ofSource(({ leftOut }) => {
      const bad = leftOut.find(([, code]) => !code.startsWith('unsupported'));
      return bad === undefined ? 'fine' : found('error', { kind: 'track', track: bad[0], error: bad[1] });
    }),
    observed: notPlayed,
    fix: () => ({
      ffmpeg: 'encode again in place of -c copy',
      generic: 'Restart the encoder; docs/errors.md explains the code.',
    }),
  }),
  rule({
    code: 'codecReach',
    title: 'Some players cannot play this',
    trigger: 'H.264 is interlaced, or AAC is neither LC nor HE.',
    severities: ['info'],
    expected: 'progressive H.264, and AAC-LC',
    raiseAfterS: 3,
    judge: ofSource(({ pictures, sound }) => {
      if (pictures?.isInterlaced === true) return found('info', { kind: 'interlaced' });
      if (sound === undefined || USUAL_AAC.includes(sound.objectType)) return 'fine';
      return found('info', { kind: 'aac', objectType: sound.objectType });
    }),
    observed: (values) =>
      values.kind === 'interlaced'
        ? 'interlaced pictures: many hardware decoders show stripes or nothing'
        : `AAC object type ${values.objectType}: most browsers play LC and HE only`,
    fix: () => ({
      obs: `${obsMenu.frameRate()}; OBS itself sends progressive pictures`,
      ffmpeg: '-vf bwdif -c:a aac -profile:a aac_low',
      generic: 'Send progressive pictures and AAC-LC.',
    }),
  }),
  rule({
    code: 'audioRateOdd',
    title: 'The sample rate is unusual',
    trigger: 'The sample rate is neither 44.1 nor 48 kHz.',
    severities: ['info'],
    expected: '48 kHz',
    raiseAfterS: 3,
    judge: ofSource(({ sound }) =>
      sound === undefined || USUAL_RATES.includes(sound.sampleRate)
        ? 'fine'
        : found('info', { sampleRate: sound.sampleRate }),
    ),
    observed: ({ sampleRate }) => `${sampleRate / 1000} kHz`,
    fix: () => ({
      obs: obsMenu.sampleRate(),
      ffmpeg: '-ar 48000',
      generic: 'Set the sample rate to 48 kHz: some devices play no other.',
    }),
  }),
  rule({
    code: 'audioChannels',
    title: 'There are more than two channels',
    trigger: 'The sound has more than two channels.',
    severities: ['info'],
    expected: 'stereo',
    raiseAfterS: 3,
    judge: ofSource(({ sound }) =>
      sound === undefined || sound.channels <= STEREO ? 'fine' : found('info', { channels: sound.channels }),
    ),
    observed: ({ channels }) => `${channels} channels`,
    fix: () => ({
      obs: obsMenu.channels(),
      ffmpeg: '-ac 2',
      generic: 'Set the sound to stereo: not every browser mixes more channels down.',
    }),
  }),
];

function missingTrack(
  { ageMs, leftOut }: SourceFacts,
  kind: 'v' | 'a',
  hasIt: boolean,
  isAnnounced: boolean,
  severity: 'warning' | 'info',
): ReturnType<RuleOf<'noVideo'>['judge']> {
  // Another rule has the reason of a track that is left out.
  if (hasIt || leftOut.some(([id]) => id.startsWith(kind))) return 'fine';
  if (ageMs < WAIT_FOR_TRACK_MS) return 'unknown';
  if (isAnnounced) return found('info', { kind: 'announced' });
  return found(severity, { kind: 'after', ageMs });
}

function missing(what: string, values: IssueValues['noVideo']): string {
  return values.kind === 'announced'
    ? `${what}, as the encoder announced`
    : `${what} after ${seconds(values.ageMs)}`;
}

function notPlayed({ track, error }: IssueValues['trackUnreadable']): string {
  return `track ${track} is not played: ${error}`;
}
