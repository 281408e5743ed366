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

  it('offers subtitles and captions', () => {
    const text = renderMultivariantPlaylist(
      [
        {
          ...{ uri: 'main.m3u8', tracks: [video, audio], bandwidth, frameRate: 25 },
          ...{ subtitles: 'subs', closedCaptions: 'cc' },
        },
      ],
      [
        {
          kind: 'subtitles',
          ...{ groupId: 'subs', name: 'English', language: 'en', isDefault: true, isAutoselect: true },
          characteristics: 'public.accessibility.transcribes-spoken-dialog',
          uri: 'captions.m3u8',
        },
        {
          kind: 'closed-captions',
          ...{ groupId: 'cc', name: 'CC1', isDefault: false, isAutoselect: true, instreamId: 'CC1' },
        },
      ],
    );
    expect(text).toBe(`#EXTM3U
#EXT-X-VERSION:6
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog",URI="captions.m3u8"
#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="CC1",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID="CC1"
#EXT-X-STREAM-INF:BANDWIDTH=1234568,AVERAGE-BANDWIDTH=1000000,CODECS="avc1.42c01f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=25.000,SUBTITLES="subs",CLOSED-CAPTIONS="cc"
main.m3u8
`);
    expect(parse(text).isMasterPlaylist).toBe(true);
  });

  it('is of version 7 where CEA-708 is named (clause 8)', () => {
    const service = (instreamId: string) =>
      renderMultivariantPlaylist(
        [{ uri: 'main.m3u8', tracks: [video], bandwidth, frameRate: 25, closedCaptions: 'cc' }],
        [
          {
            kind: 'closed-captions',
            ...{ groupId: 'cc', name: 'English', isDefault: false, isAutoselect: false, instreamId },
          },
        ],
      );
    expect(service('SERVICE1')).toContain('#EXT-X-VERSION:7\n');
    expect(service('CC3')).toContain('#EXT-X-VERSION:6\n');
    expect(parse(service('SERVICE1')).isMasterPlaylist).toBe(true);
  });

  it('lists codecs with video first', () => {
    expect(codecList([audio, video])).toBe('avc1.42c01f,mp4a.40.2');
    expect(codecList([])).toBe('');
  });
});
