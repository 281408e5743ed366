// The subtitle renditions of captions in the video: how they are declared, listed and written, and when they are dropped.
import { parse } from 'hls-parser';
import { describe, expect, it } from 'vitest';
import { HELD_CHARACTERS_SHARE } from '../../../server/hls/held-captions.ts';
import type { Sample } from '../../../server/media/sample.ts';
import {
  CARRIAGE_RETURN,
  defineWindow,
  deleteWindows,
  letters,
  packet,
  packetSequence,
  servicePacket,
} from '../../cases/captions-dtvcc.ts';
import { characters, command, PADDING_PAIR, popOn, rollUp } from '../../cases/captions-line21.ts';
import {
  captionedPictures,
  type DtvccSequence,
  FRAME_TICKS,
  type PairSequence,
} from '../../cases/captions-pictures.ts';
import { HlsScript } from '../../support/hls-script.ts';
import { readPlaylist } from '../../support/playlist-rules.ts';
import { testVideoTrack } from '../../support/samples.ts';

const silence = (frames: number): undefined[] => Array<undefined>(frames).fill(undefined);
const HELLO = popOn('CC1', [{ line: 15, text: 'HELLO RTMP WORLD' }]);
const CLEAR = command('CC1', 'eraseDisplayed');
const VISIBLE = defineWindow(0, { isVisible: true });
/** Shown from picture 1 (0.04 s) to 31 (1.24 s). */
const SERVICE_1 = [
  undefined,
  [VISIBLE, ...letters('SERVICE'), CARRIAGE_RETURN, ...letters('<ONE>')],
  ...silence(29),
  [deleteWindows(0)],
];

function samples(
  field1: PairSequence,
  options: { field2?: PairSequence; dtvcc?: DtvccSequence; hasBFrames?: boolean; fromFrame?: number } = {},
): Sample[] {
  const offset = (options.fromFrame ?? 0) * FRAME_TICKS;
  return captionedPictures(field1, options).map(({ dts, pts, data }, at) => ({
    trackId: 'v0',
    kind: 'video',
    dts: dts + offset,
    pts: pts + offset,
    isSync: at % 25 === 0,
    data,
    afterJump: false,
  }));
}

/** The window is long enough for delta updates. */
function play(field1: PairSequence, options: Parameters<typeof samples>[1] = {}): HlsScript {
  const script = new HlsScript({ window: 40 });
  script.start([testVideoTrack({ frameRate: 25 })], { hasVideo: true, hasAudio: false });
  script.send(samples(field1, options));
  return script;
}

function captionPlaylist(script: HlsScript, uri = 'cc1.m3u8'): string {
  return script.output.captions.playlist(uri)?.playlist.bytes('identity').toString() ?? '';
}

/** The WebVTT file at a URI of a caption playlist. */
function fetchText(script: HlsScript, uri: string): string | undefined {
  const { captions, rendition } = script.output;
  const name = captions.nameOf(uri);
  const resource = name === undefined ? undefined : rendition?.find(name.mediaUri);
  if (name === undefined || resource === undefined || resource.kind === 'init') return undefined;
  return captions.text(name.channel, resource).toString();
}

/** Times and texts of the cues in a file. */
function cuesOf(text: string | undefined): string[] {
  const blocks = (text ?? '').split('\n\n').filter((block) => block.includes('-->'));
  return blocks.map((block) => {
    const [, times = '', ...lines] = block.split('\n');
    return `${times.replace(/ line:.*/, '')} ${lines.join(' / ')}`;
  });
}

describe('a push without captions', () => {
  it.each([
    ['no SEI at all', silence(200), []],
    ['padding only', Array<number>(200).fill(PADDING_PAIR), []],
    ['empty packets', silence(200), Array.from({ length: 200 }, (_, at) => packet([[0], [0x20]], at))],
    [
      'commands without text',
      [],
      packetSequence(
        1,
        Array.from({ length: 200 }, () => [VISIBLE]),
      ),
    ],
  ])('declares none and has no rendition: %s', (_name, pairs, dtvcc) => {
    const script = play(pairs, { dtvcc });
    expect(script.multivariant).toContain('CLOSED-CAPTIONS=NONE');
    expect(script.multivariant).not.toContain('EXT-X-MEDIA');
    expect(script.text).not.toContain('EXT-X-RENDITION-REPORT');
    expect(script.output.captions.has('cc1.m3u8')).toBe(false);
    expect(script.output.captions.playlist('cc1.m3u8')).toBeUndefined();
    expect(script.output.captions.nameOf('cc1-part-e0-0.vtt')).toBeUndefined();
    expect(script.output.captions.heldCharacters).toBe(0);
  });
});

describe('captions', () => {
  it('are declared as soon as they are seen, in the video and as subtitles', () => {
    const script = play(silence(60));
    expect(script.multivariant).toContain('CLOSED-CAPTIONS=NONE');
    script.send(samples([...HELLO, ...silence(5)], { fromFrame: 60 }));
    expect(script.multivariant.split('\n').filter((line) => line.includes('MEDIA:'))).toEqual([
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="Captions",DEFAULT=NO,AUTOSELECT=YES,CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound",URI="cc1.m3u8"',
      '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="Captions",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID="CC1"',
    ]);
    expect(script.multivariant).toMatch(/SUBTITLES="subs",CLOSED-CAPTIONS="cc"\nmain\.m3u8/);
    parse(script.multivariant);
  });

  it('of CEA-708 are declared by their service, behind the channels of CEA-608', () => {
    const dtvcc = [servicePacket(2, [VISIBLE, ...letters('TWO')]), ...packetSequence(1, SERVICE_1)];
    const script = play([...silence(10), ...HELLO, ...silence(40)], { dtvcc });
    expect(script.multivariant.split('\n').slice(0, -3)).toEqual([
      '#EXTM3U',
      '#EXT-X-VERSION:7',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="Captions",DEFAULT=NO,AUTOSELECT=YES,CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound",URI="cc1.m3u8"',
      '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="Captions",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID="CC1"',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="Captions, service 1",DEFAULT=NO,AUTOSELECT=YES,CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound",URI="s1.m3u8"',
      '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="Captions, service 1",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID="SERVICE1"',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="Captions, service 2",DEFAULT=NO,AUTOSELECT=YES,CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound",URI="s2.m3u8"',
      '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="Captions, service 2",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID="SERVICE2"',
    ]);
    expect(script.multivariant).toMatch(/SUBTITLES="subs",CLOSED-CAPTIONS="cc"\nmain\.m3u8/);
    expect(script.output.captions.channels).toEqual(['CC1', 'S1', 'S2']);
    parse(script.multivariant);
  });

  it('of CEA-708 have playlists and texts like those of CEA-608', () => {
    const script = play([], { dtvcc: [...packetSequence(1, SERVICE_1), ...silence(60)] });
    const playlist = captionPlaylist(script, 's1.m3u8');
    parse(playlist);
    const { segments } = readPlaylist(playlist);
    const closed = readPlaylist(script.text).segments.slice(0, -1);
    expect(segments.slice(0, -1).map(({ uri }) => uri)).toEqual(
      closed.map(({ uri }) => `s1-${uri?.replace('.m4s', '.vtt')}`),
    );
    expect(playlist).toContain('#EXT-X-RENDITION-REPORT:URI="main.m3u8"');
    expect(script.text).toContain('#EXT-X-RENDITION-REPORT:URI="s1.m3u8"');
    expect(fetchText(script, segments[0]?.uri ?? '')).toBe(
      [
        'WEBVTT',
        'X-TIMESTAMP-MAP=MPEGTS:45,LOCAL:00:00:00.000',
        '',
        's1-39-1239-14',
        '00:00:00.039 --> 00:00:01.239 line:79.33% position:10% align:start',
        'SERVICE',
        '&lt;ONE&gt;',
        '',
        '',
      ].join('\n'),
    );
    expect(segments[0]?.parts.flatMap(({ uri }) => cuesOf(fetchText(script, uri)))[0]).toBe(
      '00:00:00.039 --> 00:00:00.199 SERVICE / &lt;ONE&gt;',
    );
    expect(fetchText(script, 's2-part-e0-0.vtt')).toBeUndefined();
    expect(fetchText(script, 's7-part-e0-0.vtt')).toBeUndefined();
    expect(script.output.captions.has('s2.m3u8')).toBe(false);
  });

  it('have a rendition for each channel', () => {
    const script = play([...HELLO, ...popOn('CC2', [{ line: 15, text: 'EASY' }]), ...silence(50)], {
      field2: [...popOn('CC3', [{ line: 15, text: 'HOLA' }]), ...silence(80)],
    });
    expect(script.output.captions.channels).toEqual(['CC1', 'CC2', 'CC3']);
    expect(script.multivariant).toContain('NAME="Captions 3",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID="CC3"');
    expect(captionPlaylist(script, 'cc3.m3u8')).toContain('cc3-part-');
    expect(captionPlaylist(script, 'cc4.m3u8')).toBe('');
  });

  it('are listed exactly as the video is', () => {
    const script = play([...HELLO, ...silence(200)]);
    const video = readPlaylist(script.text);
    const text = captionPlaylist(script);
    parse(text);
    const captions = readPlaylist(text);
    const asText = (uri: string | undefined): string | undefined =>
      uri === undefined ? undefined : `cc1-${uri.replace('.m4s', '.vtt')}`;
    expect(captions).toEqual({
      ...video,
      hint: asText(video.hint),
      segments: video.segments.map((segment) => ({
        ...segment,
        map: '',
        uri: asText(segment.uri),
        parts: segment.parts.map((part) => ({ ...part, uri: asText(part.uri) })),
      })),
    });
    expect(text).not.toContain('EXT-X-MAP');
    const parts = text.split('\n').filter((line) => line.startsWith('#EXT-X-PART:'));
    expect(parts.length).toBeGreaterThan(5);
    for (const part of parts) expect(part).toContain('INDEPENDENT=YES');
  });

  it('and the video report each other', () => {
    const script = play([...HELLO, ...silence(73)]);
    const last = readPlaylist(script.text).segments.at(-1);
    const at = `LAST-MSN=${last?.msn},LAST-PART=${(last?.parts.length ?? 0) - 1}`;
    expect(script.text).toContain(`#EXT-X-RENDITION-REPORT:URI="cc1.m3u8",${at}\n`);
    expect(captionPlaylist(script)).toContain(`#EXT-X-RENDITION-REPORT:URI="main.m3u8",${at}\n`);
    expect(captionPlaylist(script)).not.toContain('URI="cc1.m3u8"');
  });

  it('are skipped in delta updates like the video, and end with it', () => {
    const script = play([...HELLO, ...silence(900)]);
    const delta = script.output.captions.playlist('cc1.m3u8')?.deltaUpdate.bytes('identity').toString();
    const videoDelta = script.output.rendition?.deltaUpdate.bytes('identity').toString() ?? '';
    const skipped = /#EXT-X-SKIP:.*/.exec(videoDelta)?.[0];
    expect(skipped).toBeDefined();
    expect(delta).toContain(skipped);
    script.end();
    expect(captionPlaylist(script)).toContain('#EXT-X-ENDLIST');
  });

  it('are cut at the ends of parts and of segments, in parts finer than in segments', () => {
    // Shown from picture 14 (0.56 s) to 50 (2 s).
    const script = play([...HELLO, ...silence(34), ...CLEAR, ...silence(60)]);
    const { segments } = readPlaylist(captionPlaylist(script));
    const parts = segments.flatMap((segment) =>
      segment.parts.map(({ uri }) => cuesOf(fetchText(script, uri))),
    );
    expect(parts.slice(0, 4)).toEqual([
      [],
      [],
      ['00:00:00.559 --> 00:00:00.599 HELLO RTMP WORLD'],
      ['00:00:00.599 --> 00:00:00.799 HELLO RTMP WORLD'],
    ]);
    expect(parts.flat().at(-1)).toBe('00:00:01.799 --> 00:00:01.999 HELLO RTMP WORLD');
    const whole = segments.map(({ uri }) => (uri === undefined ? [] : cuesOf(fetchText(script, uri))));
    expect(whole.flat()).toEqual(['00:00:00.559 --> 00:00:01.999 HELLO RTMP WORLD']);
  });

  it('go on in the next segment', () => {
    const script = play([...HELLO, ...silence(60), ...CLEAR, ...silence(40)]);
    const { segments } = readPlaylist(captionPlaylist(script));
    const cues = segments.flatMap(({ uri }) => (uri === undefined ? [] : cuesOf(fetchText(script, uri))));
    expect(cues).toEqual([
      '00:00:00.559 --> 00:00:01.999 HELLO RTMP WORLD',
      '00:00:01.999 --> 00:00:03.039 HELLO RTMP WORLD',
    ]);
  });

  it('grow in parts as they are typed, and are whole in their segment', () => {
    const script = play([...rollUp('CC1', 'TYPED SLOWLY AND ALL OF IT'), ...silence(60)]);
    const [first] = readPlaylist(captionPlaylist(script)).segments;
    const typed = first?.parts.flatMap(({ uri }) => cuesOf(fetchText(script, uri)));
    expect(typed?.slice(0, 3).map((cue) => cue.slice(30))).toEqual([
      'TYPED SL',
      'TYPED SLOWLY AND A',
      'TYPED SLOWLY AND ALL OF IT',
    ]);
    expect(cuesOf(fetchText(script, first?.uri ?? ''))).toEqual([
      '00:00:00.239 --> 00:00:01.999 TYPED SLOWLY AND ALL OF IT',
    ]);
  });

  it('follow the pictures of a source with B-frames', () => {
    const script = play([...HELLO, ...silence(60), ...CLEAR, ...silence(60)], { hasBFrames: true });
    const { segments } = readPlaylist(captionPlaylist(script));
    const cues = segments.flatMap(({ uri }) => (uri === undefined ? [] : cuesOf(fetchText(script, uri))));
    expect(cues).toEqual([
      '00:00:00.639 --> 00:00:01.999 HELLO RTMP WORLD',
      '00:00:01.999 --> 00:00:03.119 HELLO RTMP WORLD',
    ]);
  });

  it('do not outlive their source', () => {
    const script = play([...HELLO, ...silence(60)]);
    script.stop();
    script.start([testVideoTrack({ frameRate: 25 })], { hasVideo: true, hasAudio: false }, 1_000);
    script.send(samples([...silence(60), ...HELLO, ...silence(80)]));
    const text = captionPlaylist(script);
    expect(text.match(/#EXT-X-DISCONTINUITY$/gm)).toHaveLength(1);
    const { segments } = readPlaylist(text);
    const cues = segments.map(({ uri }) => (uri === undefined ? [] : cuesOf(fetchText(script, uri))));
    const back = segments.findIndex(({ discontinuity }) => discontinuity === 1);
    expect(cues[back]).toEqual([]);
    // The timeline continues: 76 pictures, then 74 of the new source until its caption is shown.
    expect(cues.slice(back).flat()[0]).toMatch(/^00:00:05\.999 --> .* HELLO RTMP WORLD$/);
  });

  it('leave memory with the video that they belong to', () => {
    const script = play([...HELLO, ...silence(100)]);
    const first = readPlaylist(captionPlaylist(script)).segments[0]?.uri ?? '';
    expect(fetchText(script, first)).toContain('HELLO');
    expect(script.output.captions.heldCharacters).toBeGreaterThan(0);
    script.send(samples([...CLEAR, ...silence(2_200)], { fromFrame: HELLO.length + 100 }));
    expect(fetchText(script, first)).toBeUndefined();
    expect(captionPlaylist(script)).not.toContain(first);
    expect(script.output.captions.heldCharacters).toBe(0);
  });

  describe('of hours', () => {
    /** A memory of 2 MiB holds 64 Ki characters; the window never becomes full. */
    function playLong(): HlsScript {
      const script = new HlsScript({ window: 100_000, maxBytes: 2 * 1024 * 1024 });
      script.start([testVideoTrack({ frameRate: 25 })], { hasVideo: true, hasAudio: false });
      script.output.onSample(samples([0])[0] as Sample);
      return script;
    }
    const isShown = (script: HlsScript, uri: string | undefined): boolean =>
      fetchText(script, uri ?? '')?.includes('-->') ?? false;
    const textUris = (script: HlsScript): string[] =>
      [...captionPlaylist(script).matchAll(/cc1-(?:seg|part)-[^"\n]*\.vtt/g)].map(([uri]) => uri);

    it('lose the oldest when there is no more room, never the newest', () => {
      const script = playLong();
      const round = [...popOn('CC1', [{ line: 15, text: 'X'.repeat(32) }]), ...silence(100)];
      let [first]: string[] = [];
      for (let at = 1; at < 25 * 600; at += round.length) {
        for (const sample of samples(round, { fromFrame: at })) script.output.onSample(sample);
        first ??= textUris(script).find((uri) => uri.includes('seg') && isShown(script, uri));
        expect(isShown(script, textUris(script).at(-2))).toBe(true);
        expect(script.output.captions.heldCharacters).toBeLessThanOrEqual(
          2 * 1024 * 1024 * HELD_CHARACTERS_SHARE,
        );
      }
      expect(script.output.captions.heldCharacters).toBeGreaterThan(60_000);
      expect(textUris(script)).toContain(first);
      expect(isShown(script, first)).toBe(false);
    });

    it('charge the text of a caption that stays once a segment', () => {
      const script = playLong();
      const full = Array.from({ length: 15 }, (_, at) => ({ line: at + 1, text: 'X'.repeat(32) }));
      const caption = [...popOn('CC1', full), ...silence(250)];
      for (const sample of samples(caption, { fromFrame: 1 })) script.output.onSample(sample);
      const { heldCharacters } = script.output.captions;
      for (const sample of samples(silence(500), { fromFrame: caption.length + 1 }))
        script.output.onSample(sample);
      // Ten segments of ten parts each, and one part more at the end than at the beginning, where a key frame was awaited.
      expect(script.output.captions.heldCharacters - heldCharacters).toBe(10 * (15 * 32 + 10 * 100) + 100);
    });
  });

  it('have no files but their own', () => {
    const script = play([...HELLO, ...silence(60), ...characters('X')]);
    for (const uri of [
      'cc2-part-e0-0.vtt',
      'cc1-init-e0-0.vtt',
      'cc1-part-e0-0.m4s',
      'part-e0-0.vtt',
      'cc1.vtt',
      '',
    ])
      expect(fetchText(script, uri)).toBeUndefined();
    expect(fetchText(script, 'cc1-part-e0-0.vtt')).toBe(
      'WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:45,LOCAL:00:00:00.000\n\n',
    );
  });
});
