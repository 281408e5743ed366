import { describe, expect, it } from 'vitest';
import type { CaptionCue, CaptionRow } from '../../../server/captions/caption-cue.ts';
import { MAX_WEBVTT_CHARACTERS, renderWebVtt } from '../../../server/captions/webvtt.ts';

const SECOND = 90_000;

function cue(from: number, to: number, rows: readonly (string | CaptionRow)[]): CaptionCue {
  return {
    start: from * SECOND,
    end: to * SECOND,
    rows: rows.map((row, at) =>
      typeof row === 'string' ? { line: 15 - rows.length + 1 + at, position: 10, text: row } : row,
    ),
    goesOn: false,
  };
}

function render(cues: readonly CaptionCue[], start = 0): string {
  return renderWebVtt({ channel: 'CC1', start, cues });
}

describe('renderWebVtt', () => {
  it('writes a header, and cues with names, times, places and text', () => {
    expect(render([cue(1.5, 3.02, ['HELLO', 'WORLD']), cue(3_723.5, 3_724, ['LATER'])])).toBe(
      [
        'WEBVTT',
        'X-TIMESTAMP-MAP=MPEGTS:45,LOCAL:00:00:00.000',
        '',
        'cc1-1499-3019-14',
        '00:00:01.499 --> 00:00:03.019 line:79.33% position:10% align:start',
        'HELLO',
        'WORLD',
        '',
        'cc1-3723499-3723999-15',
        '01:02:03.499 --> 01:02:03.999 line:84.67% position:10% align:start',
        'LATER',
        '',
        '',
      ].join('\n'),
    );
  });

  it('is a header alone when nothing is shown', () => {
    expect(render([])).toBe('WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:45,LOCAL:00:00:00.000\n\n');
  });

  it.each([
    [0, 45, '00:00:00.000', 0],
    [2 ** 33 - 1, 45, '00:00:00.000', 0],
    [2 ** 33, 73, '26:30:43.718', 1],
    [3 * 2 ** 33 + 1, 129, '79:32:11.154', 3],
  ])('maps a segment at tick %i to MPEGTS %i and local %s', (start, mpegts, local, wraps) => {
    expect(render([], start)).toContain(`X-TIMESTAMP-MAP=MPEGTS:${mpegts},LOCAL:${local}\n`);
    const [, hours, minutes, seconds] = /^(\d+):(\d+):([\d.]+)$/.exec(local) ?? [];
    const localTicks = Math.round((Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * SECOND);
    // All files have one clock: local time is half a millisecond behind the media clock.
    expect(mpegts + wraps * 2 ** 33 - localTicks).toBe(45);
  });

  it('begins and ends cues half a millisecond before their pictures, so that neighbours touch', () => {
    const text = render([cue(1.04, 1.08, ['A']), cue(1.08, 1.12, ['B'])]);
    expect(text).toContain('00:00:01.039 --> 00:00:01.079');
    expect(text).toContain('00:00:01.079 --> 00:00:01.119');
  });

  it('leaves out what is shorter than a millisecond, and starts no cue before zero', () => {
    expect(render([{ ...cue(1, 1, ['A']), end: SECOND + 20 }])).not.toContain('-->');
    expect(render([cue(0, 1, ['A'])])).toContain('00:00:00.000 --> 00:00:00.999');
  });

  it('writes rows that are apart as cues of their own', () => {
    const text = render([
      cue(1, 2, [
        { line: 1, position: 10, text: 'TOP' },
        { line: 14, position: 30, text: 'LOW' },
        { line: 15, position: 22.5, text: 'ER' },
      ]),
    ]);
    expect(text).toContain(
      'cc1-999-1999-1\n00:00:00.999 --> 00:00:01.999 line:10% position:10% align:start\nTOP\n\n',
    );
    expect(text).toContain(
      'cc1-999-1999-14\n00:00:00.999 --> 00:00:01.999 line:79.33% position:22.5% align:start\nLOW\nER\n\n',
    );
  });

  it.each([
    ['A & B < C > D --> E', 'A &amp; B &lt; C &gt; D --&gt; E'],
    ['<i>LEAN</i> <u>LINE</u>', '<i>LEAN</i> <u>LINE</u>'],
    ['<i>OPEN', '<i>OPEN</i>'],
    ['SHUT</u>', 'SHUT'],
    ['<i>A<u>B</i>C</u>', '<i>A<u>B</u></i>C'],
    ['<i><i>TWICE</i></i>', '<i>TWICE</i>'],
    ['<i BROKEN <b>X</b>', '&lt;i BROKEN &lt;b&gt;X&lt;/b&gt;'],
  ])('writes %s as %s', (text, expected) => {
    expect(render([cue(1, 2, [text])])).toContain(`align:start\n${expected}\n\n`);
  });

  it('never grows past its bound', () => {
    const cues = Array.from({ length: 2_000 }, (_, at) => cue(at, at + 1, ['&'.repeat(32)]));
    const text = render(cues);
    expect(text.length).toBeLessThanOrEqual(MAX_WEBVTT_CHARACTERS);
    expect(text.endsWith('\n\n')).toBe(true);
    expect(text.length).toBeGreaterThan(MAX_WEBVTT_CHARACTERS - 300);
  });
});
