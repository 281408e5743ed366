// Rules that every player relies on, read from the playlists, with the default settings: parts within 85 and 100 % of
// PART-TARGET except a segment's last, EXTINF never rounds above TARGETDURATION, and neither ever changes (RFC 8216bis
// 4.4.3.1, 4.4.4.9; rows 29 and 65 of the trust list). HlsScript reads every playlist.
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../server/media/sample.ts';
import { HlsScript } from '../support/hls-script.ts';
import {
  audioSamples,
  interleave,
  testAudioTrack,
  testVideoTrack,
  videoSamples,
} from '../support/samples.ts';

const FRAME_RATES = [24_000 / 1001, 24, 25, 30_000 / 1001, 30, 50, 60_000 / 1001, 60, 120];
/** Frames between key frames at a frame rate. */
const GOPS: Readonly<Record<string, (fps: number) => readonly number[]>> = {
  'half a second': (fps) => [Math.round(fps / 2)],
  'two seconds': (fps) => [Math.round(2 * fps)],
  'changing from one to five seconds': (fps) =>
    [1, 2.5, 5, 1, 3.4].map((seconds) => Math.round(fps * seconds)),
  'a minute': (fps) => [Math.round(60 * fps)],
  'none after the first': () => [Number.POSITIVE_INFINITY],
};
/** Long enough for the window to move. */
const SECONDS = 24;

const audio = testAudioTrack();
const video = testVideoTrack();

/** Plays all samples, then ends. */
function played(samples: readonly Sample[], tracks: 'both' | 'video' | 'audio'): HlsScript {
  const script = new HlsScript({ opening: { first: 2, following: 3 } });
  script.start([...(tracks === 'audio' ? [] : [video]), ...(tracks === 'video' ? [] : [audio])], {
    hasVideo: tracks !== 'audio',
    hasAudio: tracks !== 'video',
  });
  script.send(samples);
  script.end();
  script.checkDecodeTimes();
  return script;
}

/** The total duration, by the dates and durations of the playlists. */
function secondsOf(script: HlsScript): number {
  const segments = script.history.last?.segments ?? [];
  const listed = segments.reduce((sum, { duration = 0 }) => sum + duration, 0);
  return ((segments[0]?.dateMs ?? 0) - (script.firstDateMs ?? 0)) / 1000 + listed;
}

describe.each(FRAME_RATES)('%d fps', (fps) => {
  it.each(Object.keys(GOPS))('with key frames apart: %s', (gop) => {
    const gopFrames = GOPS[gop]?.(fps) ?? [];
    const pictures = videoSamples({
      seconds: SECONDS,
      stepsMs: [1000 / fps],
      gopFrames,
      compositionFrames: 2,
    });
    const alone = played(pictures, 'video');
    expect(secondsOf(alone)).toBeCloseTo(SECONDS, 0);
    expect(alone.gapCount).toBe(0);
    const sound = audioSamples({ seconds: SECONDS, track: audio });
    const both = played(interleave(pictures, sound, audio), 'both');
    expect(secondsOf(both)).toBeCloseTo(SECONDS, 0);
    expect(both.written(1)).toHaveLength(pictures.length);
    // The last sample may fill a gap at the end.
    expect(both.written(2).length - sound.length).toBeOneOf([0, 1]);
  });
});

describe('other sources', () => {
  it.each([
    ['30 fps that falls to 10 and rises to 60', [33, 34, 33, 100, 100, 100, 17, 16, 17, 16]],
    ['screen sharing: a few frames, then stillness', [33, 33, 34, 33, 500, 33, 33, 900, 33]],
    ['frames at odd distances', [20, 45, 31, 52, 18, 77, 40]],
  ])('of varying rate: %s', (_what, stepsMs) => {
    const pictures = videoSamples({ seconds: SECONDS, stepsMs, gopFrames: [40] });
    const sound = audioSamples({ seconds: SECONDS, track: audio });
    const both = played(interleave(pictures, sound, audio), 'both');
    expect(both.gapCount).toBe(0);
    expect(both.written(1)).toHaveLength(pictures.length);
    expect(played(pictures, 'video').written(1)).toHaveLength(pictures.length);
  });

  it('of audio alone', () => {
    const script = played(audioSamples({ seconds: SECONDS, track: audio }), 'audio');
    expect(secondsOf(script)).toBeCloseTo(SECONDS, 0);
    expect(script.gapCount).toBe(0);
  });

  it.each([0.34, 0.5, 1, 2, 4, 5, 8, 10])(
    'a camera of %d fps that keeps its time as well as it can has no gaps',
    (fps) => {
      for (const jitterMs of [[0], [0, 8, -5, 3, -9], [0, 60, -40, 20, -60]]) {
        const gopFrames = [Math.max(1, Math.round(2 * fps))];
        const pictures = videoSamples({ seconds: 60, stepsMs: [1000 / fps], gopFrames, jitterMs });
        const script = played(pictures, 'video');
        expect(script.gapCount).toBe(0);
        expect(script.written(1)).toHaveLength(pictures.length);
      }
    },
  );
});
