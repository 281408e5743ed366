import { describe, expect, it } from 'vitest';
import { MAX_TRACK_SILENCE, TRACK_LOST, TrackPresence } from '../../../server/hls/track-presence.ts';
import { ticksOfSeconds } from '../../../server/media/ticks.ts';

const seconds = ticksOfSeconds;

describe('track presence', () => {
  it('knows a track from its first sample on, until the other has gone on without it', () => {
    const presence = new TrackPresence();
    expect(presence.isPresent('video')).toBe(false);
    presence.note('video', seconds(0.96));
    presence.note('video', seconds(1));
    presence.note('audio', seconds(1) + TRACK_LOST);
    expect([presence.isPresent('video'), presence.isPresent('audio')]).toEqual([true, true]);
    presence.note('audio', seconds(1.1) + TRACK_LOST);
    expect([presence.isPresent('video'), presence.isPresent('audio')]).toEqual([false, true]);
    presence.note('video', seconds(1.2));
    expect(presence.isPresent('video')).toBe(true);
  });

  it.each([4, 5, 8, 10])('keeps a video of one picture in %d s beside sound', (stepS) => {
    const presence = new TrackPresence();
    for (let time = 0; time < 60; time += 0.02) {
      if (Math.floor(time / stepS) > Math.floor((time - 0.02) / stepS)) presence.note('video', seconds(time));
      presence.note('audio', seconds(time));
      expect([time, presence.isPresent('video')]).toEqual([time, true]);
    }
  });

  it('loses a single picture too, after the longest time that a second one may take', () => {
    const presence = new TrackPresence();
    presence.note('video', seconds(0));
    presence.note('audio', MAX_TRACK_SILENCE);
    expect(presence.isPresent('video')).toBe(true);
    presence.note('audio', MAX_TRACK_SILENCE + seconds(0.1));
    expect(presence.isPresent('video')).toBe(false);
  });

  it('forgets a pause', () => {
    const presence = new TrackPresence();
    const pictures = [0, 0.04, 9, ...Array.from({ length: 25 }, (_, at) => 9.04 + at * 0.04)];
    for (const time of pictures) presence.note('video', seconds(time));
    presence.note('audio', seconds(10 + 0.1) + TRACK_LOST);
    expect(presence.isPresent('video')).toBe(false);
  });

  it('does not lose tracks that are apart and stay so', () => {
    const presence = new TrackPresence();
    for (let time = 0; time < 60; time += 0.02) {
      presence.note('audio', seconds(time + 30));
      presence.note('video', seconds(time));
      expect([presence.isPresent('video'), presence.isPresent('audio')]).toEqual([true, true]);
    }
  });
});
