import { parse, setOptions } from 'hls-parser';
import { describe, expect, it } from 'vitest';
import { codecList, renderMultivariantPlaylist } from '../../../server/hls/multivariant-playlist.ts';
import { testAudioTrack, testVideoTrack } from '../../support/samples.ts';

setOptions({ strictMode: true });

const video = testVideoTrack();
const audio = testAudioTrack();
const bandwidth = { peak: 1_234_567.2, average: 1_000_000 };

describe('multivariant playlist', () => {
  it.each([
    [
      'video and audio',
      [audio, video],
      29.97003,
      'BANDWIDTH=1234568,AVERAGE-BANDWIDTH=1000000,CODECS="avc1.42c01f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970,CLOSED-CAPTIONS=NONE',
    ],
    [
      'video only',
      [video],
      undefined,
      'BANDWIDTH=1234568,AVERAGE-BANDWIDTH=1000000,CODECS="avc1.42c01f",RESOLUTION=1280x720,CLOSED-CAPTIONS=NONE',
    ],
    ['audio only', [audio], undefined, 'BANDWIDTH=1234568,AVERAGE-BANDWIDTH=1000000,CODECS="mp4a.40.2"'],
  ] as const)('of %s', (_what, tracks, frameRate, attributes) => {
    const text = renderMultivariantPlaylist([{ uri: 'main.m3u8', tracks, bandwidth, frameRate }]);
    expect(text).toBe(`#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-STREAM-INF:${attributes}\nmain.m3u8\n`);
    expect(parse(text).isMasterPlaylist).toBe(true);
  });

  it('lists codecs with video first', () => {
    expect(codecList([audio, video])).toBe('avc1.42c01f,mp4a.40.2');
    expect(codecList([])).toBe('');
  });
});
