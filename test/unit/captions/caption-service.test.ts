import { describe, expect, it } from 'vitest';
import { CaptionDecoder } from '../../../server/captions/caption-decoder.ts';
import { CaptionService } from '../../../server/captions/caption-service.ts';
import { accessUnit, NAL, nalUnit } from '../../cases/access-units.ts';
import {
  CARRIAGE_RETURN,
  clearWindows,
  defineWindow,
  deleteWindows,
  displayWindows,
  END_OF_TEXT,
  FORM_FEED,
  HORIZONTAL_CARRIAGE_RETURN,
  hideWindows,
  letters,
  packet,
  packetSequence,
  pairsOf,
  RESET,
  serviceBlocks,
  servicePacket,
  setPenColor,
  setPenLocation,
  setPenStyle,
  toggleWindows,
} from '../../cases/captions-dtvcc.ts';
import { popOn } from '../../cases/captions-line21.ts';
import { B_FRAME_DELAY, captionedPictures, FRAME_TICKS } from '../../cases/captions-pictures.ts';
import { captionPayload, seiNal } from '../../cases/captions-sei.ts';
import { read, summary } from '../../support/read-captions.ts';
import { readPairs, show, still, textsAfter, VISIBLE } from '../../support/read-service.ts';

describe('captions of CEA-708', () => {
  it('pop on when a hidden window is displayed, and go when it is deleted', () => {
    const cues = show(
      [defineWindow(0), setPenLocation(0, 0), ...letters('HELLO'), setPenLocation(1, 0)],
      [...letters('RTMP WORLD'), END_OF_TEXT],
      undefined,
      [displayWindows(0)],
      ...still(9),
      [defineWindow(1, { rows: 1 }), setPenColor(), ...letters('SECOND')],
      [deleteWindows(0), displayWindows(1)],
      ...still(5),
      [deleteWindows(0, 1)],
    );
    expect(summary(cues)).toEqual(['3-14 HELLO / RTMP WORLD', '14-20 SECOND']);
    expect(cues[0]?.rows).toEqual([
      { line: 14, position: 10, text: 'HELLO' },
      { line: 15, position: 10, text: 'RTMP WORLD' },
    ]);
    expect(cues[1]?.rows).toEqual([{ line: 15, position: 10, text: 'SECOND' }]);
  });

  it('have the letters that come in the picture in which their row is emptied', () => {
    for (const emptied of [FORM_FEED, HORIZONTAL_CARRIAGE_RETURN, CARRIAGE_RETURN])
      expect(
        summary(show([VISIBLE, setPenLocation(1, 0), ...letters('ONE')], [...letters(' TWO'), emptied])),
      ).toContain('0-1 ONE TWO');
  });

  it('show no more rows than their window was defined anew with', () => {
    const smaller = defineWindow(0, { isVisible: true, rows: 1 });
    expect(
      textsAfter(VISIBLE, ...letters('FIRST'), setPenLocation(1, 0), ...letters('SECOND'), smaller),
    ).toEqual(['FIRST']);
  });

  it('are shown from the picture that their packet ends with', () => {
    const pairs = servicePacket(1, [VISIBLE, ...letters('SPLIT OVER FOUR PICTURES')]);
    const dtvcc = [pairs.slice(0, 5), pairs.slice(5, 7), undefined, pairs.slice(7, 12), pairs.slice(12)];
    expect(summary(readPairs([...dtvcc, ...still(5)]))).toEqual(['4-10 SPLIT OVER FOUR PICTURES']);
  });

  it('are read in the order in which pictures are shown', () => {
    const pairs = servicePacket(1, [VISIBLE, ...letters('IN THE ORDER OF PRESENTATION')]);
    const dtvcc = [...pairs.map((pair) => [pair]), ...still(6)];
    const pictures = captionedPictures([], { dtvcc, hasBFrames: true });
    expect(pictures.some(({ pts }, at) => pts < (pictures[at - 1]?.pts ?? 0))).toBe(true);
    expect(summary(read(pictures)['S1'], B_FRAME_DELAY)).toEqual(['18-28 IN THE ORDER OF PRESENTATION']);
  });

  it('stand beside those of CEA-608, of other services, and of services above 6', () => {
    const dtvcc = [
      [...servicePacket(1, [VISIBLE, ...letters('ONE')]), ...servicePacket(6, [VISIBLE, ...letters('SIX')])],
      servicePacket(9, [VISIBLE, ...letters('NINE')]),
      ...still(25),
    ];
    const cues = read(captionedPictures(popOn('CC1', [{ line: 15, text: 'CAPTION' }]), { dtvcc }));
    expect(Object.keys(cues).sort()).toEqual(['CC1', 'S1', 'S6']);
    const decoder = new CaptionDecoder();
    read(captionedPictures(popOn('CC1', [{ line: 15, text: 'CAPTION' }]), { dtvcc }), decoder);
    expect(decoder.channels.map(({ id }) => id)).toEqual(['CC1', 'S1', 'S6']);
    expect(summary(cues['S1'])).toEqual(['0-30 ONE']);
    expect(summary(cues['S6'])).toEqual(['0-30 SIX']);
  });

  it('grow as they are typed, and are others when a window is exchanged', () => {
    expect(summary(show([VISIBLE, ...letters('TO')], letters(' BE'), undefined, letters(' OR NOT')))).toEqual(
      ['0-10 TO BE OR NOT'],
    );
    expect(
      summary(
        show(
          [defineWindow(0), ...letters('TO BE'), displayWindows(0)],
          ...still(3),
          [clearWindows(0), setPenLocation(0, 0), ...letters('TO BE OR NOT')],
          ...still(3),
          [deleteWindows(0), VISIBLE, ...letters('TO BE OR NOT TO BE')],
          ...still(3),
          [FORM_FEED, ...letters('TO BE OR NOT TO BE?')],
        ),
      ),
    ).toEqual(['0-4 TO BE', '4-8 TO BE OR NOT', '8-12 TO BE OR NOT TO BE', '12-20 TO BE OR NOT TO BE?']);
  });

  it('roll up at carriage returns, each cue with its line as it was at last', () => {
    const cues = show(
      [defineWindow(0, { isVisible: true, rows: 2 }), CARRIAGE_RETURN, ...letters('ONE ')],
      letters('LINE'),
      ...still(3),
      [CARRIAGE_RETURN, ...letters('AND')],
      letters(' MORE'),
      ...still(3),
      [CARRIAGE_RETURN],
      [...letters('LAST')],
    );
    expect(summary(cues)).toEqual(['0-5 ONE LINE', '5-10 ONE LINE / AND MORE', '10-20 AND MORE / LAST']);
    expect(cues.map(({ rows }) => rows.map(({ line }) => line))).toEqual([[15], [14, 15], [14, 15]]);
  });

  it('are others when a line rolls up and the next begins like it, all in one picture', () => {
    const next = [[CARRIAGE_RETURN], letters('NO WAY')].flatMap((codes) => serviceBlocks(1, codes));
    const dtvcc = [servicePacket(1, [VISIBLE, CARRIAGE_RETURN, ...letters('NO')]), undefined, packet(next)];
    expect(summary(readPairs([...dtvcc, ...still(7)]))).toEqual(['0-2 NO', '2-10 NO / NO WAY']);
  });

  it('keep the letters that come in the picture which ends them', () => {
    const start = [defineWindow(0, { isVisible: true, rows: 1 }), ...letters('FIRST')];
    const ends = [[CARRIAGE_RETURN], [FORM_FEED], [clearWindows(0)], [deleteWindows(0), VISIBLE]];
    for (const end of ends)
      expect(summary(show(start, [...letters(' ONE'), ...end, ...letters('SECOND')]))[0]).toBe(
        '0-1 FIRST ONE',
      );
  });

  it('are shown, hidden and toggled', () => {
    const cues = show(
      [defineWindow(0), ...letters('ZERO'), defineWindow(1, { vertical: 10 }), ...letters('ONE')],
      [displayWindows(0, 5)],
      [toggleWindows(0, 1)],
      [hideWindows(0, 1)],
      undefined,
      [displayWindows(0, 1)],
    );
    expect(summary(cues)).toEqual(['1-2 ZERO', '2-3 ONE', '5-15 ONE / ZERO']);
  });

  it('go on after the same window is defined again, with its text', () => {
    expect(
      summary(show([VISIBLE, ...letters('SAME')], [VISIBLE, displayWindows(0)], [...letters(' WINDOW')])),
    ).toEqual(['0-10 SAME WINDOW']);
  });

  it('do not outlive a reset, nor their source', () => {
    expect(summary(show([VISIBLE, ...letters('GONE')], undefined, [RESET, ...letters('LOST')]))).toEqual([
      '0-2 GONE',
    ]);
    const decoder = new CaptionDecoder();
    const pairs = servicePacket(1, [VISIBLE, ...letters('OLD')]);
    read(captionedPictures([], { dtvcc: [pairs, pairs.slice(0, 3)] }), decoder);
    decoder.reset();
    expect(decoder.channels.map((channel) => channel.cut(1e9))).toEqual([[]]);
    const next = [pairs.slice(3), servicePacket(1, letters('LOST')), ...still(5)];
    expect(summary(read(captionedPictures([], { dtvcc: next }), decoder)['S1'])).toEqual([]);
  });

  it('are none before there is text in a window', () => {
    const decoder = new CaptionDecoder();
    const dtvcc = packetSequence(1, [letters('X'), [VISIBLE], [RESET, ...letters('X')], [VISIBLE]]);
    read(captionedPictures([], { dtvcc }), decoder);
    expect(decoder.channels).toEqual([]);
    read(captionedPictures([], { dtvcc: packetSequence(1, [letters('X')]) }), decoder);
    expect(decoder.channels.map(({ id }) => id)).toEqual(['S1']);
  });
});

describe('a fault of the encoder', () => {
  const HELLO = servicePacket(1, [VISIBLE, ...letters('HELLO')]);

  it('in the sequence numbers does not matter', () => {
    const dtvcc = [
      HELLO,
      servicePacket(1, letters(' AGAIN'), 3),
      servicePacket(1, letters('!'), 1),
      ...still(5),
    ];
    expect(summary(readPairs(dtvcc))).toEqual(['0-10 HELLO AGAIN!']);
  });

  it('in the size of a packet costs no more than time', () => {
    const tooLong = HELLO.map((triplet, at) =>
      at === 0 ? { ...triplet, pair: triplet.pair + 0x0300 } : triplet,
    );
    const dtvcc = [tooLong, undefined, servicePacket(1, letters(' AGAIN')), ...still(5)];
    expect(summary(readPairs(dtvcc))).toEqual(['2-10 HELLO AGAIN']);
  });

  it('that cuts a packet short loses what is cut, and nothing after it', () => {
    for (let kept = 0; kept < HELLO.length; kept += 1) {
      const dtvcc = [HELLO.slice(0, kept), servicePacket(1, [VISIBLE, ...letters('AND ON')]), ...still(5)];
      expect(summary(readPairs(dtvcc)).at(-1)).toMatch(/^1-10 .*AND ON$/);
    }
  });

  it('that loses the start of a packet is passed over', () => {
    const dtvcc = [HELLO.slice(1), servicePacket(1, [VISIBLE, ...letters('AND ON')]), ...still(5)];
    expect(summary(readPairs(dtvcc))).toEqual(['1-10 AND ON']);
  });

  it('that damages bytes is survived', () => {
    const bytes = HELLO.flatMap(({ pair }) => [pair >>> 8, pair & 0xff]);
    for (const at of bytes.keys()) {
      for (const value of [0x00, 0x10, 0x18, 0x8f, 0x98, 0xe1, 0xff]) {
        const damaged = pairsOf(bytes.map((byte, index) => (index === at ? value : byte)));
        const dtvcc = [damaged, [...servicePacket(1, [RESET, VISIBLE, ...letters('AND ON')])], ...still(5)];
        expect(summary(readPairs(dtvcc)).at(-1), `${value} at ${at}`).toBe('1-10 AND ON');
      }
    }
  });

  it('cannot fill memory', () => {
    const service = new CaptionService(1);
    const window = Uint8Array.from(defineWindow(0, { isVisible: true, rows: 16, columns: 64 }));
    const flood = Uint8Array.from(
      [...letters('FLOOD'), setPenStyle({ italics: true }), ...letters('X'), setPenStyle({})].flat(),
    );
    const take = (block: Uint8Array, pts: number): void => {
      service.push(block);
      service.look(pts);
    };
    take(window, 0);
    for (let at = 0; at < 2_000; at += 1) take(flood, at);
    take(Uint8Array.from(clearWindows(0)), 2_000);
    take(flood, 2_000);
    take(Uint8Array.from([...setPenLocation(0, 63), ...letters('AB').flat()]), 2_001);
    const lengths = service.cut(3_000).flatMap(({ rows }) => rows.map(({ text }) => text.length));
    expect(lengths.length).toBeGreaterThan(0);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(170);
  });

  it('does not burn time: a picture has no more pairs than one message counts', () => {
    const decoder = new CaptionDecoder();
    const padding = Array.from({ length: 31 }, () => ({ type: 2, pair: 0 }) as const);
    const sei = seiNal([
      [4, captionPayload(padding)],
      [4, captionPayload(HELLO)],
    ]);
    decoder.push(accessUnit(4, [sei, nalUnit(NAL.slice)]), { lengthSize: 4 }, 0);
    decoder.advance(FRAME_TICKS);
    expect(decoder.channels).toEqual([]);
  });
});
