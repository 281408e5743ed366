import { describe, expect, it } from 'vitest';
import { TRACK_LOST_S, TrackPresence } from '../../../server/hls/track-presence.ts';

describe('track presence', () => {
  it('knows a track from its first sample on, until the other has gone on without it', () => {
    const presence = new TrackPresence();
    expect(presence.isPresent('video')).toBe(false);
    presence.note('video', 1);
    presence.note('audio', 1 + TRACK_LOST_S);
    expect([presence.isPresent('video'), presence.isPresent('audio')]).toEqual([true, true]);
    presence.note('audio', 1.1 + TRACK_LOST_S);
    expect([presence.isPresent('video'), presence.isPresent('audio')]).toEqual([false, true]);
    presence.note('video', 1.2);
    expect(presence.isPresent('video')).toBe(true);
  });

  it('does not lose tracks that are apart and stay so', () => {
    const presence = new TrackPresence();
    for (let time = 0; time < 60; time += 0.02) {
      presence.note('audio', time + 30);
      presence.note('video', time);
      expect([presence.isPresent('video'), presence.isPresent('audio')]).toEqual([true, true]);
    }
  });
});
