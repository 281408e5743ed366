// Captions that are written during a stream: their rendition, their times, and where they end.
import { parse } from 'hls-parser';
import { describe, expect, it } from 'vitest';
import { captionedPictures, FRAME_TICKS } from '../../cases/captions-pictures.ts';
import { HlsScript } from '../../support/hls-script.ts';
import { readPlaylist } from '../../support/playlist-rules.ts';
import { testVideoTrack } from '../../support/samples.ts';

/** 25 pictures a second, without captions of their own. */
function pictures(script: HlsScript, from: number, count: number): void {
  script.send(
    captionedPictures(Array<undefined>(count).fill(undefined)).map(({ dts, pts, data }, at) => ({
      trackId: 'v0',
      kind: 'video' as const,
      dts: dts + from * FRAME_TICKS,
      pts: pts + from * FRAME_TICKS,
      isSync: (from + at) % 25 === 0,
      data,
      afterJump: false,
    })),
  );
}

/** Two seconds of a running stream. */
function running(): HlsScript {
  const script = new HlsScript({ window: 40 });
  script.start([testVideoTrack({ frameRate: 25 })], { hasVideo: true, hasAudio: false });
  pictures(script, 0, 50);
  return script;
}

const captionLines = (script: HlsScript): string[] =>
  script.multivariant.split('\n').filter((line) => line.includes('EXT-X-MEDIA'));

type Shown = { readonly from: string; readonly to: string; readonly text: string };

/** The cues of a rendition, as the files of its segments have them; pieces of one caption are joined. */
function cues(script: HlsScript, uri: string): Shown[] {
  const { captions, rendition } = script.output;
  const playlist = captions.playlist(uri)?.playlist.bytes('identity').toString() ?? '';
  parse(playlist);
  const shown: Shown[] = [];
  for (const segment of readPlaylist(playlist).segments) {
    const files = segment.uri === undefined ? segment.parts.map((part) => part.uri) : [segment.uri];
    for (const file of files) {
      const name = captions.nameOf(file);
      const media = name && rendition?.find(name.mediaUri);
      if (name === undefined || media === undefined || media.kind === 'init') throw new Error(`no ${file}`);
      const blocks = captions.text(name.channel, media).toString().split('\n\n');
      for (const block of blocks.filter((each) => each.includes('-->'))) {
        const [, times = '', ...lines] = block.split('\n');
        const [from = '', to = ''] = times.split(' --> ');
        const last = shown.at(-1);
        const text = lines.join(' / ');
        if (last?.to === from && last.text === text) shown[shown.length - 1] = { ...last, to };
        else shown.push({ from, to, text });
      }
    }
  }
  return shown;
}

describe('a written caption', () => {
  it('has a rendition for its language, and no place in the video', () => {
    const script = running();
    expect(captionLines(script)).toEqual([]);
    script.output.captions.write({ lines: ['Guten Abend'], durationMs: 1_000, language: 'de' });
    script.output.captions.write({ lines: ['Hello'], durationMs: 1_000 });
    expect(captionLines(script)).toEqual([]);
    pictures(script, 50, 50);
    expect(captionLines(script)).toEqual([
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="Live captions, German",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=YES,CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound",URI="t1.m3u8"',
      '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="Live captions",DEFAULT=NO,AUTOSELECT=YES,CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound",URI="t2.m3u8"',
    ]);
    expect(script.multivariant).toMatch(/SUBTITLES="subs",CLOSED-CAPTIONS=NONE\nmain\.m3u8/);
    parse(script.multivariant);
    expect(script.output.captions.names).toEqual(['Live captions, German', 'Live captions']);
  });

  it('is shown from the next part on, for its time, and markup is text', () => {
    const script = running();
    script.output.captions.write({ lines: ['<b>one</b> & <i>two</i>', 'three'], durationMs: 1_000 });
    pictures(script, 50, 75);
    const text = '&lt;b&gt;one&lt;/b&gt; &amp; <i>two</i> / three';
    // The part that is open begins at 1.8 s.
    expect(cues(script, 't1.m3u8')).toEqual([{ from: '00:00:01.799', to: '00:00:02.799', text }]);
  });

  it('ends the one before it in its language, and no other', () => {
    const script = running();
    script.output.captions.write({ lines: ['first'], durationMs: 10_000 });
    script.output.captions.write({ lines: ['other'], durationMs: 2_000, language: 'fr' });
    pictures(script, 50, 25);
    script.output.captions.write({ lines: ['second'], durationMs: 1_000 });
    pictures(script, 75, 75);
    expect(cues(script, 't1.m3u8')).toEqual([
      { from: '00:00:01.799', to: '00:00:02.999', text: 'first' },
      { from: '00:00:02.999', to: '00:00:03.999', text: 'second' },
    ]);
    expect(cues(script, 't2.m3u8')).toEqual([{ from: '00:00:01.799', to: '00:00:03.799', text: 'other' }]);
  });

  it('ends where a run ends, and one that waits is shown in the next run', () => {
    const script = running();
    script.output.captions.write({ lines: ['before'], durationMs: 30_000 });
    pictures(script, 50, 25);
    script.output.onSourceEnd();
    script.output.captions.write({ lines: ['after'], durationMs: 1_000 });
    script.start([testVideoTrack({ frameRate: 25 })], { hasVideo: true, hasAudio: false });
    pictures(script, 200, 75);
    expect(cues(script, 't1.m3u8').map(({ text }) => text)).toEqual(['before', 'after']);
  });

  it('is refused in a fifth language, and taken in one of the four', () => {
    const { captions } = running().output;
    const write = (language: string): boolean => captions.write({ lines: ['x'], durationMs: 500, language });
    expect(['de', 'en', 'fr', 'es', 'it', 'de'].map(write)).toEqual([true, true, true, true, false, true]);
  });
});
