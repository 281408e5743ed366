// The statistics of playback: the rows, the facts, and the reason why low latency is off.
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EngineFacts } from '../../../../web/player/engine-facts.ts';
import { lowLatency } from '../../../../web/stage/low-latency.ts';
import { nerdStats, type StatSources, statRows } from '../../../../web/stage/nerd-stats.ts';
import { qualityName } from '../../../../web/stage/quality-name.ts';
import { speak } from '../../../../web/words/catalogue.ts';

const HLS: EngineFacts = {
  engine: 'hls.js 1.7.4',
  sessionId: 'abc',
  codecs: 'avc1.64001f,mp4a.40.2',
  bitrate: 4_200_000,
  frameRate: 30,
  bandwidth: 21_000_000,
  bufferMs: 734,
  latencyTargetMs: 800,
  latencyMaxMs: 2_000,
  hasParts: true,
  canBlock: true,
  protocol: 'h2',
  lastLoad: { kind: 'part', bytes: 104_000, durationMs: 200, firstByteMs: 180, loadMs: 4 },
};

const SOURCES: StatSources = {
  state: 'live',
  playback: 'playing',
  width: 1280,
  height: 720,
  latencyMs: 912,
  playbackRate: 1.05,
  decodedFrames: 1_234,
  droppedFrames: 2,
  stalls: 1,
  stalledMs: 640,
  latencyMode: 'low',
  news: 'socket',
  engine: HLS,
  isBehind: false,
  isSecure: true,
};

const textsOf = (sources: StatSources): Readonly<Record<string, string>> =>
  Object.fromEntries(statRows(nerdStats(sources)).map(({ key, text }) => [key, text]));

describe('the rows', () => {
  it('say what plays, how, and how late', () => {
    expect(textsOf(SOURCES)).toEqual({
      state: 'live, playing',
      picture: '1280 × 720, 30 fps',
      codecs: 'H.264 High 3.1 (avc1.64001f), AAC-LC (mp4a.40.2)',
      bitrate: '4.2 Mbit/s',
      buffer: '0.73 s',
      latency: '0.91 s, target 0.80 s, at most 2.00 s',
      rate: '1.05×',
      frames: '1,234 shown, 2 dropped',
      stalls: '1, 0.64 s in all',
      load: 'Part of 104 kB for 0.20 s: first byte after 0.18 s, then 0.00 s',
      bandwidth: '21.0 Mbit/s',
      lowLatency: 'Active: parts, and requests that wait for them',
      protocol: 'h2',
      engine: 'hls.js 1.7.4',
      session: 'abc',
    });
  });

  it('have their numbers as in the language of the page', async () => {
    await speak(['de']);
    onTestFinished(async () => {
      await speak(['en']);
    });
    expect(textsOf(SOURCES)).toMatchObject({ rate: '1,05×', bitrate: '4,2 Mbit/s', buffer: '0,73 s' });
  });

  it('are dashes while nothing is known', () => {
    const { engine: _, width: __, latencyMs: ___, ...rest } = SOURCES;
    const texts = textsOf({ ...rest, state: 'offline', playback: 'idle' });
    expect(texts).toMatchObject({ picture: '–', codecs: '–', buffer: '–', load: '–', protocol: '–' });
    expect(texts['lowLatency']).toBe('Not playing yet');
  });
});

it('the facts can be copied, and name the reason', () => {
  const copied = JSON.parse(JSON.stringify(nerdStats({ ...SOURCES, latencyMode: 'stable' })));
  expect(copied).toMatchObject({ lowLatency: 'stable', latencyMs: 912, engine: { protocol: 'h2' } });
});

describe('low latency', () => {
  const native: EngineFacts = { engine: 'native', hasParts: true };
  const playing = { engine: HLS, mode: 'low', isBehind: false, isSecure: true } as const;
  it.each([
    ['on', playing],
    ['not-playing', { ...playing, engine: undefined }],
    ['not-playing', { ...playing, engine: { engine: 'hls.js 1.7.4' } }],
    ['no-parts', { ...playing, engine: { ...HLS, hasParts: false } }],
    ['no-blocking', { ...playing, engine: { ...HLS, canBlock: false } }],
    ['stable', { ...playing, mode: 'stable' }],
    ['balanced', { ...playing, mode: 'balanced' }],
    ['behind', { ...playing, isBehind: true }],
    ['native-insecure', { ...playing, engine: native, isSecure: false }],
    ['native-http1', { ...playing, engine: { ...native, protocol: 'http/1.1' } }],
    ['native', { ...playing, engine: native }],
    ['no-parts', { ...playing, engine: { ...native, hasParts: false } }],
  ] as const)('is %s with %j', (expected, facts) => {
    expect(lowLatency(facts)).toBe(expected);
  });
});

describe('the name of a quality', () => {
  const all = [
    { id: 0, height: 720, bitrate: 4_000_000 },
    { id: 1, height: 720, bitrate: 2_000_000 },
    { id: 2, height: 360, bitrate: 800_000 },
  ] as const;
  it('is its height', () => expect(qualityName(all[2], all)).toBe('360p'));
  it('has the bitrate where two have one height', () =>
    expect(qualityName(all[1], all)).toBe('720p, 2.0 Mbit/s'));
  it('is the height of the picture where the source says none', () =>
    expect(qualityName({ id: 0, bitrate: 96_000 }, [], 480)).toBe('480p'));
  it('is the bitrate where there is no picture', () =>
    expect(qualityName({ id: 0, bitrate: 96_000 }, [], 0)).toBe('96 kbit/s'));
});
