import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { joinCues } from '../../../server/captions/caption-cue.ts';
import { CaptionDecoder } from '../../../server/captions/caption-decoder.ts';
import { accessUnit, NAL, nalUnit } from '../../cases/access-units.ts';
import { packet } from '../../cases/captions-dtvcc.ts';
import {
  address,
  characters,
  command,
  extended,
  midRow,
  PADDING_PAIR,
  popOn,
  rollUp,
  withParity,
} from '../../cases/captions-line21.ts';
import {
  B_FRAME_DELAY,
  captionedPictures,
  FRAME_TICKS,
  type PairSequence,
} from '../../cases/captions-pictures.ts';
import { captionPayload, seiNal } from '../../cases/captions-sei.ts';
import { read, summary } from '../../support/read-captions.ts';

const silence = (frames: number): PairSequence => Array<undefined>(frames).fill(undefined);

const TWO_CAPTIONS: PairSequence = [
  ...popOn('CC1', [{ line: 15, text: 'HELLO RTMP WORLD' }]),
  ...silence(20),
  ...popOn('CC1', [
    { line: 14, text: 'SECOND' },
    { line: 15, text: 'CAPTION' },
  ]),
  ...silence(10),
  ...command('CC1', 'eraseDisplayed'),
  ...silence(10),
];

describe('CaptionDecoder', () => {
  it('loads the decoder only when captions come', () => {
    const { cache, resolve } = createRequire(import.meta.url);
    const isLoaded = (): boolean => cache[resolve('mux.js/cjs/m2ts/caption-stream.js')] !== undefined;
    read(captionedPictures([...Array<number>(50).fill(PADDING_PAIR), ...silence(50)]));
    const empty = Array.from({ length: 50 }, (_, at) => packet([[0], [0x20], [0x22, 0x8c, 0xff]], at));
    read(captionedPictures(silence(50), { dtvcc: empty }));
    expect(isLoaded()).toBe(false);
    read(captionedPictures(TWO_CAPTIONS));
    expect(isLoaded()).toBe(true);
  });

  it('shows pop-on captions from the picture that ends their loading', () => {
    const cues = read(captionedPictures(TWO_CAPTIONS));
    // Two control codes each, the text, and the first of the two codes that show it.
    expect(summary(cues['CC1'])).toEqual(['14-51 HELLO RTMP WORLD', '51-63 SECOND / CAPTION']);
    expect(cues['CC1']?.[1]?.rows.map(({ line }) => line)).toEqual([14, 15]);
  });

  it('reads B-frames in the order in which they are shown', () => {
    const pictures = captionedPictures(TWO_CAPTIONS, { hasBFrames: true });
    expect(pictures.some(({ pts }, at) => pts < (pictures[at - 1]?.pts ?? 0))).toBe(true);
    const cues = read(pictures);
    expect(summary(cues['CC1'], B_FRAME_DELAY)).toEqual(
      summary(read(captionedPictures(TWO_CAPTIONS))['CC1']),
    );
  });

  it('rolls lines up, each cue with the line as it was when the next one came', () => {
    const cues = read(
      captionedPictures([
        ...rollUp('CC1', 'ONE LINE'),
        ...silence(6),
        ...rollUp('CC1', 'AND MORE'),
        ...silence(9),
      ]),
    );
    expect(summary(cues['CC1'])).toEqual(['6-18 ONE LINE', '18-35 ONE LINE / AND MORE']);
  });

  it('keeps the space between words that come in two parts', () => {
    const pairs = [...rollUp('CC1', 'WORDS '), ...silence(12), ...characters('APART'), ...silence(4)];
    expect(summary(read(captionedPictures(pairs))['CC1']).at(-1)).toContain('WORDS APART');
  });

  it('paints on', () => {
    const pairs = [
      ...command('CC1', 'resumeDirect'),
      ...address('CC1', { line: 2, indent: 8 }),
      ...characters('PAINTED'),
      ...silence(8),
      ...command('CC1', 'eraseDisplayed'),
    ];
    expect(summary(read(captionedPictures(pairs))['CC1'])).toEqual(['4-16 PAINTED']);
  });

  it('keeps the channels of both fields apart', () => {
    const cues = read(
      captionedPictures(
        [
          ...popOn('CC1', [{ line: 15, text: 'ENGLISH' }]),
          ...popOn('CC2', [{ line: 15, text: 'SIMPLE' }]),
          ...silence(9),
        ],
        { field2: [...popOn('CC3', [{ line: 1, text: 'ESPAÑOL' }]), ...silence(20)] },
      ),
    );
    expect(Object.keys(cues).sort()).toEqual(['CC1', 'CC2', 'CC3']);
    expect(summary(cues['CC1'])[0]).toContain('ENGLISH');
    expect(summary(cues['CC2'])[0]).toContain('SIMPLE');
    expect(summary(cues['CC3'])[0]).toContain('ESPAÑOL');
  });

  it('leaves out text services and extended data', () => {
    const text = [
      ...command('CC1', 'resumeText'),
      ...address('CC1', { line: 3 }),
      ...characters('STOCKS 1/4'),
    ];
    const data = [withParity(0x01, 0x03), ...characters('PROGRAM'), withParity(0x0f, 0x1d)];
    const cues = read(
      captionedPictures([...text, ...popOn('CC1', [{ line: 15, text: 'BACK' }]), ...silence(4)], {
        field2: [...data, ...popOn('CC3', [{ line: 15, text: 'OLA' }]), ...silence(9)],
      }),
    );
    expect(summary(cues['CC1']).map((cue) => cue.replace(/^\S+ /, ''))).toEqual(['BACK']);
    expect(summary(cues['CC3']).map((cue) => cue.replace(/^\S+ /, ''))).toEqual(['OLA']);
  });

  it('keeps a caption on the screen free of the services that come between', () => {
    const text = [...command('CC1', 'resumeText'), ...address('CC1', { line: 3 }), ...characters('STOCKS')];
    const data = [withParity(0x01, 0x03), ...characters('PROGRAM'), withParity(0x0f, 0x1d)];
    const cues = read(
      captionedPictures([...rollUp('CC1', 'ON AIR'), ...text, ...silence(5)], {
        field2: [...rollUp('CC3', 'EN VIVO'), ...data, ...silence(9)],
      }),
    );
    expect(summary(cues['CC1']).map((cue) => cue.replace(/^\S+ /, ''))).toEqual(['ON AIR']);
    expect(summary(cues['CC3']).map((cue) => cue.replace(/^\S+ /, ''))).toEqual(['EN VIVO']);
  });

  it('takes a pop-on caption that begins like the last one for another', () => {
    const pairs = [
      ...popOn('CC1', [{ line: 15, text: 'TO BE' }]),
      ...silence(5),
      ...popOn('CC1', [{ line: 15, text: 'TO BE OR NOT' }]),
      ...silence(5),
    ];
    const cues = summary(read(captionedPictures(pairs))['CC1']);
    expect(cues.map((cue) => cue.replace(/^\S+ /, ''))).toEqual(['TO BE', 'TO BE OR NOT']);
  });

  it('reads special characters and styles', () => {
    const pairs = [
      ...command('CC1', 'resumeLoading'),
      ...command('CC1', 'eraseLoading'),
      ...address('CC1', { line: 15, indent: 4 }),
      ...characters('CAFé E'),
      ...extended('CC1', 1, 0x21),
      ...midRow('CC1', 'italics'),
      ...characters('BELLA'),
      ...midRow('CC1', 'plain'),
      ...characters('!'),
      ...command('CC1', 'endOfCaption'),
      ...silence(3),
    ];
    const [cue] = read(captionedPictures(pairs))['CC1'] ?? [];
    expect(cue?.rows).toEqual([{ line: 15, position: 20, text: 'CAFé É <i>BELLA</i> !' }]);
  });

  it('lets nothing of a source stay for the next one', () => {
    const decoder = new CaptionDecoder();
    read(captionedPictures(TWO_CAPTIONS.slice(0, 30)), decoder);
    decoder.reset();
    const [channel] = decoder.channels;
    expect(channel?.cut(1e9)).toEqual([]);
    const halfLoaded = [...characters('LOST'), ...command('CC1', 'endOfCaption'), ...silence(5)];
    expect(summary(read(captionedPictures(halfLoaded), decoder)['CC1'])).toEqual([]);
  });

  it('cuts what is shown at the end of a part, and goes on in the next', () => {
    const decoder = new CaptionDecoder();
    for (const { data, pts } of captionedPictures(TWO_CAPTIONS.slice(0, 20)))
      decoder.push(data, { lengthSize: 4 }, pts);
    decoder.advance(20 * FRAME_TICKS);
    const [channel] = decoder.channels;
    const first = channel?.cut(20 * FRAME_TICKS);
    const second = channel?.cut(25 * FRAME_TICKS);
    expect(first).toMatchObject([{ start: 14 * FRAME_TICKS, end: 20 * FRAME_TICKS, goesOn: false }]);
    expect(second).toMatchObject([{ start: 20 * FRAME_TICKS, end: 25 * FRAME_TICKS, goesOn: true }]);
    expect(joinCues([first ?? [], second ?? []])).toMatchObject([
      { start: 14 * FRAME_TICKS, end: 25 * FRAME_TICKS, goesOn: false },
    ]);
  });

  it('bounds text that is never shown and styles that never end', () => {
    const start = [
      ...command('CC1', 'resumeLoading'),
      ...command('CC1', 'rollUp4'),
      ...address('CC1', { line: 2 }),
    ];
    const flood = Array.from({ length: 400 }, () => [
      ...characters('FLOOD '),
      ...midRow('CC1', 'italics'),
    ]).flat();
    const cues = read(captionedPictures([...start, ...flood]))['CC1'] ?? [];
    expect(cues.length).toBeGreaterThan(0);
    expect(Math.max(...cues.flatMap(({ rows }) => rows.map(({ text }) => text.length)))).toBeLessThanOrEqual(
      160,
    );
  });

  it('does not declare a channel for commands and addresses without text', () => {
    const commands = [
      ...command('CC1', 'resumeLoading'),
      ...address('CC1', { line: 15 }),
      ...command('CC1', 'endOfCaption'),
      ...command('CC1', 'eraseDisplayed'),
    ];
    expect(read(captionedPictures([...commands, ...silence(9)]))).toEqual({});
  });

  it('erases captions while the field is talking to a text service', () => {
    const text = [...command('CC2', 'resumeText'), ...characters('<HTTP://A.B>')];
    const pairs = [
      ...popOn('CC1', [{ line: 15, text: 'SHOWN' }]),
      ...text,
      ...command('CC1', 'eraseDisplayed'),
      ...characters('MORE'),
      ...silence(9),
    ];
    const cues = read(captionedPictures(pairs));
    const erasedAt = pairs.indexOf(command('CC1', 'eraseDisplayed')[0]);
    expect(summary(cues['CC1'])).toEqual([`9-${erasedAt} SHOWN`]);
    expect(Object.keys(cues)).toEqual(['CC1']);
  });

  describe('of a caption that one picture has whole', () => {
    /** As libcaption writes it for OBS: messages of 31 pairs. */
    function shown(pairs: readonly number[], isBehind: boolean): string[] {
      const decoder = new CaptionDecoder();
      const triplets = pairs.map((pair) => ({ type: 0, pair }) as const);
      const messages = Array.from({ length: Math.ceil(pairs.length / 31) }, () => triplets.splice(0, 31));
      const sei = seiNal(messages.map((message) => [4, captionPayload(message)]));
      const slice = nalUnit(NAL.slice, 500);
      decoder.push(accessUnit(4, isBehind ? [slice, sei] : [sei, slice]), { lengthSize: 4 }, 0);
      decoder.advance(FRAME_TICKS);
      return decoder.channels.flatMap((channel) => summary(channel.cut(FRAME_TICKS)));
    }
    const rows = (count: number) =>
      Array.from({ length: count }, (_, at) => ({
        line: 16 - count + at,
        text: `ROW ${at} `.padEnd(32, 'X'),
      }));

    it.each([
      ['before its slices', false],
      ['behind them', true],
    ])('shows two full rows, %s', (_, isBehind) => {
      const texts = rows(2).map(({ text }) => text);
      expect(shown(popOn('CC1', rows(2)), isBehind)).toEqual([`0-1 ${texts.join(' / ')}`]);
    });

    it('shows a full screen, and cuts what is more than that', () => {
      const texts = rows(15).map(({ text }) => text);
      expect(shown(popOn('CC1', rows(15)), true)).toEqual([`0-1 ${texts.join(' / ')}`]);
      expect(shown([...characters('X'.repeat(100)), ...popOn('CC1', rows(15))], true)).toEqual([]);
    });

    it('has room for the other field too', () => {
      const decoder = new CaptionDecoder();
      const full = popOn('CC1', rows(15)).map((pair) => ({ type: 0, pair }) as const);
      const other = popOn('CC3', rows(1)).map((pair) => ({ type: 1, pair }) as const);
      const messages = [full.slice(0, 100), full.slice(100, 200), full.slice(200), other];
      const sei = seiNal(
        messages.flatMap((message) =>
          Array.from({ length: Math.ceil(message.length / 31) }, (_, at): [number, Buffer] => [
            4,
            captionPayload(message.slice(at * 31, at * 31 + 31)),
          ]),
        ),
      );
      decoder.push(accessUnit(4, [sei, nalUnit(NAL.slice)]), { lengthSize: 4 }, 0);
      decoder.advance(FRAME_TICKS);
      expect(decoder.channels.map(({ id }) => id)).toEqual(['CC1', 'CC3']);
    });
  });
});

describe('rows of CEA-608', () => {
  const at = (pairs: PairSequence) =>
    read(captionedPictures([...pairs, ...silence(5)]))['CC1']?.map(({ rows }) =>
      rows.map(({ line, position, text }) => `${line}:${position} ${text}`).join(' / '),
    );
  const direct = command('CC1', 'resumeDirect');
  const shownTogether = (pairs: readonly number[]): PairSequence => [
    ...command('CC1', 'resumeLoading'),
    ...command('CC1', 'eraseLoading'),
    ...pairs,
    ...command('CC1', 'endOfCaption'),
  ];
  const tab = (columns: number): number[] => [0, 0].map(() => withParity(0x17, 0x20 + columns));

  it('begin at their indent, rolled up and painted on too', () => {
    const address8 = address('CC1', { line: 15, indent: 8 });
    const rolled = [...command('CC1', 'rollUp2'), ...command('CC1', 'carriageReturn'), ...address8];
    expect(at([...rolled, ...characters('UP')])).toEqual(['15:30 UP']);
    expect(at([...direct, ...address8, ...tab(3), ...characters('ON')])).toEqual(['15:37.5 ON']);
  });

  it('do not keep the indent of another mode, nor add two up', () => {
    const painted = [...direct, ...address('CC1', { line: 15, indent: 16 }), ...characters('ON')];
    const popped = shownTogether([...address('CC1', { line: 15 }), ...characters('POP')]);
    expect(at([...painted, ...popped])).toEqual(['15:50 ON', '15:10 POP']);
    const twice = [...address('CC1', { line: 15, indent: 4 }), ...address('CC1', { line: 15, indent: 8 })];
    expect(at(shownTogether([...twice, ...characters('8')]))).toEqual(['15:30 8']);
  });

  it('keep what stands before the column that is written to', () => {
    const apart = [
      ...address('CC1', { line: 15, indent: 4 }),
      ...characters('AB'),
      ...address('CC1', { line: 15, indent: 8 }),
      ...characters('CD'),
      ...tab(2),
      ...characters('EF'),
    ];
    expect(at(shownTogether(apart))).toEqual(['15:20 AB  CD  EF']);
  });

  it('are written over', () => {
    const corrected = [...direct, ...address('CC1', { line: 15 }), ...characters('HELLP'), ...silence(3)];
    const anew = [...address('CC1', { line: 15 }), ...characters('HELLO')];
    expect(at([...corrected, ...anew])).toEqual(['15:10 HELLP', '15:10 HELLO']);
    const end = [...address('CC1', { line: 15, indent: 4 }), ...characters('O!')];
    expect(at([...corrected, ...end])).toEqual(['15:10 HELLP', '15:10 HELLO!']);
  });

  it('are erased from the cursor to their end', () => {
    const erase = [0, 0].map(() => withParity(0x14, 0x24));
    const painted = [...direct, ...address('CC1', { line: 15 }), ...characters('WRONG'), ...silence(3)];
    expect(at([...painted, ...address('CC1', { line: 15, indent: 4 }), ...erase])).toEqual([
      '15:10 WRONG',
      '15:10 WRON',
    ]);
    expect(at([...painted, ...erase])).toEqual(['15:10 WRONG']);
  });

  it('are another cue when they stand elsewhere', () => {
    const pop = (indent: number): PairSequence =>
      shownTogether([...address('CC1', { line: 15, indent }), ...characters('MOVED')]);
    expect(at([...pop(0), ...silence(3), ...pop(8)])).toEqual(['15:10 MOVED', '15:30 MOVED']);
  });
});
