// Rules whose single violation no blocking player can see: playlists as texts, in sequence.
import { expect, test } from 'vitest';
import { readMediaPlaylist } from '../../../server/check/media-playlist-reader.ts';
import { readMultivariantPlaylist } from '../../../server/check/multivariant-playlist.ts';
import { PlaylistHistory } from '../../../server/check/playlist-history.ts';
import { checkPlaylist } from '../../../server/check/playlist-rules.ts';
import { RULES } from '../../../server/check/rules.ts';
import { ALL_MEDIA_FAULTS } from './planted-media-faults.ts';
import { ALL_PLAYLIST_FAULTS } from './planted-playlist-faults.ts';

const URL = 'http://origin.invalid/main.m3u8';
const HEAD =
  '#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n#EXT-X-PART-INF:PART-TARGET=1\n' +
  '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=3\n';
const HINT = '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="hint.m4s"\n';

/** A segment of two parts of one second each. */
function segment(msn: number, uri = `seg-${msn}.m4s`): string {
  return `${date(msn)}${part(msn, 0)}${part(msn, 1)}#EXTINF:2,\n${uri}\n`;
}

function date(msn: number): string {
  return `#EXT-X-PROGRAM-DATE-TIME:${new Date(2_000 * msn).toISOString()}\n`;
}

function part(msn: number, index: number): string {
  return `#EXT-X-PART:DURATION=1,URI="part-${2 * msn + index}.m4s"\n`;
}

function playlist(mediaSequence: number, ...segments: readonly string[]): string {
  return `${HEAD}#EXT-X-MEDIA-SEQUENCE:${mediaSequence}\n${segments.join('')}${HINT}`;
}

/** Codes and messages, playlist by playlist. */
function codesOf(...texts: readonly string[]): string[] {
  const codes: string[] = [];
  const history = new PlaylistHistory();
  for (const text of texts) {
    const tell = (code: string): void => void codes.push(code);
    const read = readMediaPlaylist(text, URL, tell);
    checkPlaylist(read, tell);
    history.check(read, tell);
  }
  return codes.filter((code) => code !== 'hint_not_kept');
}

const WHOLE = [10, 11, 12, 13].map((msn) => segment(msn));

test('segments that come and go in order', () => {
  expect(codesOf(playlist(10, ...WHOLE), playlist(11, ...WHOLE.slice(1), segment(14)))).toEqual([]);
});

test.each([
  ['media_sequence_jump', playlist(15, ...[15, 16, 17].map((msn) => segment(msn)))],
  ['segment_uri_reused', playlist(10, ...WHOLE, segment(14, 'seg-12.m4s'))],
  ['segment_withdrawn', playlist(10, ...WHOLE.slice(0, 3))],
  ['segment_withdrawn', playlist(10, ...WHOLE.slice(0, 3), `${date(13)}${part(13, 0)}${part(13, 1)}`)],
])('%s', (code, next) => {
  expect(codesOf(playlist(10, ...WHOLE), next)).toEqual([code]);
});

test('part_withdrawn', () => {
  const open = `${date(14)}${part(14, 0)}`;
  expect(codesOf(playlist(10, ...WHOLE, open + part(14, 1)), playlist(10, ...WHOLE, open))).toEqual([
    'part_withdrawn',
  ]);
});

test('blocking_reload_missing', () => {
  expect(codesOf(playlist(10, ...WHOLE).replace('CAN-BLOCK-RELOAD=YES,', ''))).toEqual([
    'blocking_reload_missing',
  ]);
});

test('part tags that leave a complete segment are no fault', () => {
  const bare = WHOLE.map((text) => text.replace(/#EXT-X-PART:.*\n/g, ''));
  expect(codesOf(playlist(10, ...WHOLE), playlist(10, ...bare.slice(0, 2), ...WHOLE.slice(2)))).toEqual([]);
});

test('every rule has its planted fault', () => {
  const here = ['media_sequence_jump', 'segment_uri_reused', 'segment_withdrawn', 'part_withdrawn'];
  const planted = [...ALL_PLAYLIST_FAULTS, ...ALL_MEDIA_FAULTS].flatMap(({ codes }) => codes);
  const covered = new Set<string>([...planted, ...here, 'blocking_reload_missing']);
  expect(Object.keys(RULES).filter((code) => !covered.has(code))).toEqual([]);
});

test('a URI that is none is a finding, not the end', () => {
  const codes: string[] = [];
  const text =
    '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="a"\nhttp://[\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="b",URI="http://["\n';
  const read = readMultivariantPlaylist(
    text,
    'http://origin.invalid/index.m3u8',
    (code) => void codes.push(code),
  );
  expect(codes).toEqual(['tag_syntax', 'tag_syntax']);
  expect([read.variants, read.renditions]).toEqual([[], []]);
});

test('a hint is to be kept, but for a run that nobody planned', () => {
  const codes = (next: string): string[] => {
    const told: string[] = [];
    const history = new PlaylistHistory();
    for (const text of [playlist(10, ...WHOLE), next])
      history.check(
        readMediaPlaylist(text, URL, () => {}),
        (code) => void told.push(code),
      );
    return told;
  };
  expect(codes(playlist(10, ...WHOLE, segment(14)))).toEqual(['hint_not_kept']);
  expect(codes(playlist(10, ...WHOLE, `#EXT-X-DISCONTINUITY\n${segment(14)}`))).toEqual([]);
});
