import { describe, expect, it } from 'vitest';
import { silentAacFrame } from '../../../server/codec/aac-silence.ts';
import { HlsOutput } from '../../../server/hls/hls-output.ts';
import { openingOf } from '../../../server/hls/main-rendition.ts';
import { BlockPool } from '../../../server/hls/part-arena.ts';
import type { SilenceEvent } from '../../../server/hls/silent-sound.ts';
import type { StillEvent } from '../../../server/hls/still-picture.ts';
import type { Sample } from '../../../server/media/sample.ts';
import { ticksOfSeconds } from '../../../server/media/ticks.ts';
import { clockOf } from '../../support/clock.ts';
import { HlsScript } from '../../support/hls-script.ts';
import { rethrow } from '../../support/rethrow.ts';
import {
  asTrack,
  audioSamples,
  interleave,
  testAudioTrack,
  testVideoTrack,
  videoSamples,
} from '../../support/samples.ts';

const video = testVideoTrack();
const audio = testAudioTrack();
const BOTH = { hasVideo: true, hasAudio: true };

/** 25 frames a second, a key frame each second. */
const frames = (seconds: number, startMs = 0): Sample[] =>
  videoSamples({ seconds, startMs, stepsMs: [40], gopFrames: [25] });
const sound = (seconds: number, startMs = 0, track = audio): Sample[] =>
  audioSamples({ seconds, startMs, track });
const mixed = (...parts: Sample[][]): Sample[] =>
  interleave(
    parts.flat().filter((s) => s.kind === 'video'),
    parts.flat().filter((s) => s.kind === 'audio'),
    audio,
  );

function playing(seconds = 4): HlsScript {
  const script = new HlsScript();
  script.start([video, audio], BOTH);
  script.send(mixed(frames(seconds), sound(seconds)));
  return script;
}

const discontinuities = (script: HlsScript): number =>
  script.history.last?.segments.at(-1)?.discontinuity ?? -1;
/** Seconds written of each track, by discontinuity. */
function writtenSeconds(script: HlsScript): Record<string, string> {
  const spans: Record<string, string> = {};
  const times = new Map<string, [number, number]>();
  for (const part of script.parts.values()) {
    for (const { trackId, dts, duration } of part.samples) {
      const key = `${part.discontinuity} ${trackId === 1 ? 'video' : 'audio'}`;
      const rate = trackId === 1 ? 90_000 : 48_000;
      const [from] = times.get(key) ?? [dts / rate];
      times.set(key, [from, (dts + duration) / rate]);
    }
  }
  for (const [key, [from, to]] of times) spans[key] = `${from.toFixed(1)}-${to.toFixed(1)}`;
  return spans;
}

describe('several tracks of one kind', () => {
  it('the first of each is played, as if there were no other, and the others are told once', () => {
    const told: string[] = [];
    const script = new HlsScript({ onTrackNotPlayed: (id) => told.push(id) });
    const others = [testVideoTrack({ width: 640, number: 1 }), testAudioTrack(44_100, 1024, 1)];
    script.start([video, others[0] ?? video, audio, others[1] ?? audio], BOTH);
    for (const sample of mixed(frames(4), sound(4))) {
      // A clock that jumps wildly does not matter either.
      const other = asTrack([sample], 1)[0] ?? sample;
      script.output.onSample({ ...other, dts: other.dts * 7, afterJump: true });
      script.send([sample]);
    }
    for (const track of others) script.track(track);
    const alone = playing();
    expect(script.text).toBe(alone.text);
    expect(script.multivariant).toBe(alone.multivariant);
    expect(told).toEqual(['v1', 'a1']);
    script.stop();
    script.start(others, BOTH);
    // The other source has different tracks.
    expect([told.length, script.history.last?.segments.length]).toEqual([
      2,
      alone.history.last?.segments.length,
    ]);
  });
});

describe('tracks that come and go', () => {
  it('takes in audio that comes late at the next key frame', () => {
    const script = new HlsScript();
    script.start([video], {});
    script.send(frames(2.5));
    script.track(audio);
    script.send(mixed(frames(2.5, 2_500), sound(2.5, 2_500)));
    script.end();
    expect(writtenSeconds(script)).toEqual({
      '0 video': '0.0-3.5',
      '1 video': '3.5-5.0',
      '1 audio': '3.5-5.0',
    });
    expect(script.multivariant).toContain('CODECS="avc1.42c01f,mp4a.40.2"');
  });

  it('takes in video that comes thirty seconds late, and goes on with the same playlist', () => {
    const script = new HlsScript();
    script.start([audio], {});
    script.send(sound(30));
    script.track(video);
    script.send(mixed(frames(3, 30_000), sound(3, 30_016)));
    script.end();
    expect(discontinuities(script)).toBe(1);
    expect(script.written(1)).toHaveLength(75);
    expect(script.multivariant).toMatch(
      /CODECS="avc1.42c01f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=25.000/,
    );
    script.checkDecodeTimes();
  });

  it('plays silence in place of audio that has stopped, until it comes back: the run keeps its tracks', () => {
    const events: SilenceEvent[] = [];
    const script = new HlsScript({ onSilence: (event) => events.push(event) });
    script.start([video, audio], BOTH);
    script.send(mixed(frames(4), sound(4)));
    script.send(frames(8, 4_000));
    script.send(mixed(frames(3, 12_000), sound(3, 12_000)));
    script.end();
    expect(discontinuities(script)).toBe(0);
    expect(script.multivariant).toContain('CODECS="avc1.42c01f,mp4a.40.2"');
    expect(writtenSeconds(script)).toEqual({ '0 video': '0.0-15.0', '0 audio': '0.0-15.0' });
    const heard = script.written(2);
    const silent = heard.filter(({ data }) => data.equals(silentAacFrame(audio.config) ?? Buffer.alloc(0)));
    expect(silent.length).toBe(heard.length - sound(4).length - sound(3).length);
    expect(silent.length).toBeGreaterThan((7 * 48_000) / 1024);
    // Without a hole, and without a frame that is longer than two.
    expect(Math.max(...heard.map(({ duration }) => duration))).toBeLessThan(2 * 1024);
    expect(events.filter(({ kind }) => kind === 'begins')).toEqual([{ kind: 'begins', track: audio }]);
    const made = events.reduce((sum, event) => sum + (event.kind === 'made' ? event.frames : 0), 0);
    expect(made).toBe(silent.length);
    script.checkDecodeTimes();
  });

  it('goes on without audio of which no silence can be made: players of both would stop with it', () => {
    const scalable = { ...audio, config: { ...audio.config, objectType: 6 } };
    const events: SilenceEvent[] = [];
    const script = new HlsScript({ onSilence: (event) => events.push(event) });
    script.start([video, scalable], BOTH);
    script.send(mixed(frames(4), sound(4)));
    script.send(frames(8, 4_000));
    expect(discontinuities(script)).toBe(1);
    expect(script.multivariant).toContain('CODECS="avc1.42c01f"');
    script.send(mixed(frames(3, 12_000), sound(3, 12_000)));
    script.end();
    expect(discontinuities(script)).toBe(2);
    expect(script.written(1)).toHaveLength(15 * 25);
    expect(events).toEqual([{ kind: 'gives-up', track: scalable, reason: 'impossible' }]);
  });

  it('shows the last key frame in place of video that has stopped, until its next one', () => {
    const events: StillEvent[] = [];
    const script = new HlsScript({ onStill: (event) => events.push(event) });
    script.start([video, audio], BOTH);
    // A delimiter, and an IDR slice.
    const idr = Buffer.from('0000000209f000000004658800ff', 'hex');
    const coded = (samples: Sample[]): Sample[] =>
      samples.map((sample) => (sample.isSync ? { ...sample, data: idr } : sample));
    script.send(mixed(coded(frames(4)), sound(4)));
    script.send(sound(8, 4_000));
    // Ten pictures that refer to some that never came, and a key frame.
    const back = frames(3, 12_000).map((sample, at) => ({ ...sample, isSync: at % 25 === 10 }));
    script.send(mixed(back, sound(3, 12_000)));
    script.end();
    expect(discontinuities(script)).toBe(0);
    expect(script.multivariant).toContain('CODECS="avc1.42c01f,mp4a.40.2",RESOLUTION');
    const shown = script.written(1);
    const stills = shown.filter(({ data }) => data.equals(idr.subarray(6)));
    expect(stills.length).toBe(16);
    expect(shown).toHaveLength(4 * 25 + stills.length + 3 * 25 - 10);
    expect(script.written(2).length).toBe(sound(4).length + sound(8).length + sound(3).length);
    expect(events.filter(({ kind }) => kind === 'waits')).toHaveLength(10);
    expect(events.filter(({ kind }) => kind === 'begins')).toEqual([{ kind: 'begins', track: video }]);
    script.checkDecodeTimes();
  });

  it('goes on without video that has stopped and has no IDR picture, and takes it in again', () => {
    const script = playing(4);
    script.send(sound(8, 4_000));
    expect(discontinuities(script)).toBe(1);
    expect(script.multivariant).toContain('CODECS="mp4a.40.2"');
    expect(script.multivariant).not.toContain('RESOLUTION');
    script.send(mixed(frames(3, 12_000), sound(3, 12_000)));
    script.end();
    expect(discontinuities(script)).toBe(2);
    expect(script.written(1)).toHaveLength(7 * 25);
    expect(script.written(2).length).toBe(sound(4).length + sound(8).length + sound(3).length);
    script.checkDecodeTimes();
  });

  it('waits for pictures that are rare: three seconds apart they are still one run', () => {
    const script = new HlsScript();
    script.start([video, audio], BOTH);
    script.send(
      interleave(videoSamples({ seconds: 30, stepsMs: [3_000], gopFrames: [2] }), sound(30), audio),
    );
    expect(discontinuities(script)).toBe(0);
    script.checkDecodeTimes();
  });

  it.each([-2.5, -0.7, 0.7, 2.5])('plays tracks that are sent %d s apart as one run', (aheadS) => {
    const script = new HlsScript();
    script.start([video, audio], BOTH);
    script.send(interleave(frames(15), sound(15), audio, aheadS));
    script.end();
    expect(discontinuities(script)).toBe(0);
    expect(script.written(1)).toHaveLength(15 * 25);
    script.checkDecodeTimes();
  });
});

describe('tracks further apart than a start waits for (row 65)', () => {
  it.each([-8, -5, 5, 8])('sent %d s apart, play: the later one joins at a key frame', (aheadS) => {
    const script = new HlsScript();
    script.start([video, audio], BOTH);
    script.send(interleave(frames(20), sound(20), audio, aheadS));
    script.end();
    expect(discontinuities(script)).toBe(1);
    expect(script.written(1)).toHaveLength(20 * 25);
    expect(script.output.codecs).toBe('avc1.42c01f,mp4a.40.2');
    expect(script.gapCount).toBe(0);
    script.checkDecodeTimes();
  });
});

describe('a configuration that changes', () => {
  it('of video, starts at its key frame and keeps the audio whole', () => {
    const script = playing(4);
    script.track(testVideoTrack({ width: 1920 }));
    script.send(mixed(frames(4, 4_000), sound(4, 4_011)));
    script.end();
    expect(discontinuities(script)).toBe(1);
    expect(script.written(1)).toHaveLength(8 * 25);
    expect(script.written(2)).toHaveLength(sound(4).length * 2);
    expect(script.text).toContain('init-e0-1.mp4');
    expect(script.multivariant).toContain('RESOLUTION=1920x720');
  });

  it('is in the multivariant playlist with its first part', () => {
    const script = playing(4);
    script.track(testVideoTrack({ width: 1920 }));
    const rest = mixed(frames(4, 4_000), sound(4, 4_011));
    const first = rest.findIndex((sample) => {
      script.send([sample]);
      return discontinuities(script) === 1;
    });
    expect(first).toBeGreaterThan(0);
    expect(script.multivariant).toContain('RESOLUTION=1920x720');
  });

  it('of audio, keeps every picture, and all sound from the next key frame on', () => {
    const script = playing(4.5);
    const other = testAudioTrack(44_100);
    script.track(other);
    const next = interleave(
      frames(3, 4_500).map((sample, at) => ({ ...sample, isSync: at === 13 })),
      sound(3, 4_500, other),
      other,
      0.3,
    );
    script.send(next);
    script.end();
    expect(discontinuities(script)).toBe(1);
    expect(script.written(1)).toHaveLength(Math.round(7.5 * 25));
    const after = [...script.parts.values()]
      .filter((part) => part.discontinuity === 1)
      .flatMap((part) => part.samples);
    const firstSound = after.find((sample) => sample.trackId === 2)?.dts ?? 0;
    const firstPicture = after.find((sample) => sample.trackId === 1)?.dts ?? 0;
    expect(Math.abs(firstSound / 44_100 - firstPicture / 90_000)).toBeLessThan(0.03);
  });

  it('and back before a sample came, changes nothing', () => {
    const script = playing(4);
    script.track(testVideoTrack({ width: 1920 }));
    script.track(testVideoTrack());
    script.send(mixed(frames(4, 4_000), sound(4, 4_011)));
    expect(discontinuities(script)).toBe(0);
    expect(script.text.match(/EXT-X-MAP/g)).toHaveLength(1);
  });

  it('and back after some seconds, is three runs', () => {
    const script = playing(2);
    script.track(testVideoTrack({ width: 1920 }));
    script.send(mixed(frames(2, 2_000), sound(2, 2_005)));
    script.track(testVideoTrack());
    script.send(mixed(frames(2, 4_000), sound(2, 4_011)));
    script.end();
    expect(discontinuities(script)).toBe(2);
    expect(new Set(script.history.last?.segments.map((segment) => segment.map)).size).toBe(3);
    expect(script.written(1)).toHaveLength(6 * 25);
  });

  it('repeated, is no change', () => {
    const script = playing(2);
    script.track(testVideoTrack());
    script.send(frames(2, 2_000));
    expect(discontinuities(script)).toBe(0);
  });
});

describe('a clock that jumps', () => {
  it('makes a discontinuity at the next key frame, dated anew, without losing a picture', () => {
    const script = playing(4.5);
    script.nowMs += 10_000;
    const rest = mixed(
      frames(3.5, 4_500).map((sample, at) => ({ ...sample, isSync: at % 25 === 12 })),
      sound(3.5, 4_501),
    );
    script.send(rest.map((sample, at) => (at === 0 ? { ...sample, afterJump: true } : sample)));
    script.end();
    expect(discontinuities(script)).toBe(1);
    expect(script.written(1)).toHaveLength(113 + 88);
    const segments = script.history.last?.segments ?? [];
    const jumped = segments.findIndex((segment) => segment.discontinuity === 1);
    const distance = (segments[jumped]?.dateMs ?? 0) - (segments[0]?.dateMs ?? 0);
    // The previous sample arrived at 4.48 s; ten seconds later the rest arrived at once.
    expect(distance).toBe(14_480);
  });
});

describe('a publisher that returns', () => {
  it('goes on where it stopped, with one discontinuity and no second map', () => {
    const script = playing(4);
    script.stop();
    const hint = script.history.last?.hint;
    script.start([audio, video], BOTH, 5_000);
    expect(script.history.last?.hint).toBe(hint);
    script.send(mixed(frames(4, 700), sound(4, 690)));
    expect(discontinuities(script)).toBe(1);
    expect(script.text.match(/EXT-X-MAP/g)).toHaveLength(1);
    const second = [...script.parts.values()].filter((part) => part.discontinuity === 1);
    expect((second[0]?.samples[0]?.dts ?? 0) / 90_000).toBeCloseTo(4.0, 1);
    script.checkDecodeTimes();
  });

  it('with other tracks keeps the playlist, its durations and its numbers', () => {
    const script = playing(4);
    script.stop();
    script.start([audio], { hasVideo: false, hasAudio: true }, 3_000);
    script.send(sound(5));
    script.stop();
    expect(script.output.codecs).toBe('mp4a.40.2');
    script.start([testVideoTrack({ width: 640 })], { hasAudio: false }, 1_000);
    script.send(videoSamples({ seconds: 5, stepsMs: [1000 / 60], gopFrames: [120], compositionFrames: 2 }));
    script.end();
    expect(discontinuities(script)).toBe(2);
    expect(script.multivariant).toMatch(/CODECS="avc1.42c01f",RESOLUTION=640x720,FRAME-RATE=60.000/);
  });

  it('starts after the sound of the last visit where that was ahead of the pictures', () => {
    const script = new HlsScript();
    script.start([video, audio], BOTH);
    script.send([...mixed(frames(3), sound(3)), ...sound(0.5, 3_008)]);
    script.stop();
    expect(
      script.history.last?.segments.reduce((sum, segment) => sum + (segment.duration ?? 0), 0),
    ).toBeCloseTo(3.5, 1);
    script.start([video, audio], BOTH, 2_000);
    script.send(mixed(frames(2), sound(2)));
    script.checkDecodeTimes();
    const all = script.written(2);
    expect(all.every((sample, at) => at === 0 || sample.dts >= (all[at - 1]?.dts ?? 0))).toBe(true);
  });
});

describe('what players are told', () => {
  it('lets players in with the second part, once', () => {
    const script = new HlsScript();
    script.start([video], { hasAudio: false });
    const released: string[] = [];
    script.output.playableWaiters.wait({ msn: 0, part: 0 }, 7_500, (outcome) => released.push(outcome));
    script.send(frames(0.36));
    expect([script.playableCount, script.multivariant, released.length]).toEqual([0, '', 0]);
    script.send(frames(5, 360));
    expect([script.playableCount, released]).toEqual([1, ['reached']]);
    expect(script.multivariant).toContain('main.m3u8');
  });

  it('has a whole segment from the start: two parts, then three, and the next key frame begins another', () => {
    const script = new HlsScript({ opening: { first: 2, following: 3 } });
    script.start([video], { hasAudio: false });
    const media = frames(6);
    script.send(media.slice(0, 11));
    expect(script.playableCount).toBe(1);
    expect(script.text).toMatch(/#EXTINF:0\.4,\nseg-e0-\d+\.m4s\n#EXT-X-PRELOAD-HINT:.*\n$/);
    script.send(media.slice(11));
    const durations = [...script.text.matchAll(/#EXTINF:([\d.]+),/g)].map((match) => Number(match[1]));
    expect(durations).toEqual([0.4, 0.6, 2, 2]);
    expect(script.text).not.toContain('DISCONTINUITY\n');
  });

  it('has opening segments of half a second and more after the first, as the clock of its numbers asks', () => {
    expect([0.2, 0.5, 1].map((seconds) => openingOf(ticksOfSeconds(seconds)))).toEqual(
      Array.from({ length: 3 }, () => ({ first: 2, following: 3 })),
    );
    for (const partTarget of [0.02, 0.05, 0.1, 0.15, 0.167, 0.2]) {
      const { first, following } = openingOf(ticksOfSeconds(partTarget));
      expect(following * partTarget * 0.85).toBeGreaterThanOrEqual(0.5);
      // A process that starts again needs the missing quarter of a second itself.
      expect(first * partTarget * 0.85).toBeGreaterThanOrEqual(0.25);
    }
  });

  it('can be played to its end however short it was', () => {
    const script = new HlsScript();
    script.start([video], { hasAudio: false });
    script.send(frames(0.1));
    script.end();
    expect(script.text).toMatch(/#EXTINF:0.12,\n.*\n#EXT-X-ENDLIST\n$/);
    expect(script.multivariant).toContain('RESOLUTION');
  });

  it('has nothing to show of a source without media', () => {
    const script = new HlsScript();
    script.start([video], {});
    script.end();
    expect([script.text, script.multivariant, script.output.codecs]).toEqual(['', '', '']);
  });

  it('measures the frame rate where the first steps lie', () => {
    const script = new HlsScript();
    script.start([video], { hasAudio: false });
    const burst = frames(6).map((sample, at) =>
      at < 5 ? { ...sample, dts: at * 90, pts: at * 90 } : sample,
    );
    script.send(burst);
    expect(script.multivariant).toContain('FRAME-RATE=25.000');
  });

  it('starts the media sequence by the clock, and above what was there', () => {
    const old = new HlsScript({ minMsn: () => 99_000_000 });
    old.start([video], { hasAudio: false });
    old.send(frames(1));
    expect(old.history.last?.mediaSequence).toBe(99_000_000);
    expect(playing(1).history.last?.mediaSequence).toBe(63_072_000);
  });

  it('names media anew in every process, even in the same millisecond', () => {
    const names = [1, 2].map(() => {
      const output = new HlsOutput({
        ...{
          pool: new BlockPool(),
          part: 0.2,
          segment: 2,
          window: 12,
          maxBytes: 1_000_000,
          holdBackParts: 4,
        },
        ...{
          clock: clockOf(
            () => 1_800_000_000_000,
            () => 0,
          ),
          onPlayable: () => undefined,
          onFault: rethrow,
        },
      });
      output.onSourceStart({ hasAudio: false });
      output.onTrack(video);
      for (const sample of frames(2)) output.onSample(sample);
      return output.rendition?.nextPartUri;
    });
    expect(names[0]).toMatch(/^part-[0-9a-z]+-10\.m4s$/);
    expect(names[1]).not.toBe(names[0]);
  });
});
