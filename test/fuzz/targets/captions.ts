// Captions inside the video (CEA-608 and CEA-708 in SEI messages): for any bytes no fault, bounded text and well-formed
// WebVTT.

import { type CaptionChannelId, type CaptionCue, joinCues } from '../../../server/captions/caption-cue.ts';
import { CaptionDecoder } from '../../../server/captions/caption-decoder.ts';
import { readCaptions } from '../../../server/captions/caption-sei.ts';
import { MAX_WEBVTT_CHARACTERS, renderWebVtt } from '../../../server/captions/webvtt.ts';
import { accessUnit, LENGTH_SIZES, NAL, nalUnit } from '../../cases/access-units.ts';
import {
  BACKSPACE,
  CARRIAGE_RETURN,
  type Code,
  clearWindows,
  defineWindow,
  deleteWindows,
  displayWindows,
  FORM_FEED,
  HORIZONTAL_CARRIAGE_RETURN,
  letters,
  RESET,
  servicePacket,
  setJustification,
  setPenLocation,
  setPenStyle,
  toggleWindows,
} from '../../cases/captions-dtvcc.ts';
import {
  address,
  characters,
  command,
  extended,
  midRow,
  popOn,
  rollUp,
} from '../../cases/captions-line21.ts';
import { type CaptionTriplet, captionPayload, captionSei, seiNal } from '../../cases/captions-sei.ts';
import { bucket, demand, type FuzzTarget, hexWords, variety } from '../fuzz-target.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const PART_TICKS = 18_000;
/** A row full of styles, with the styles of its last character. */
const MAX_ROW_TEXT = 180;

const VISIBLE = defineWindow(0, { isVisible: true });
const DTVCC_SEEDS: readonly (readonly Code[])[] = [
  [VISIBLE, ...letters('HELLO'), CARRIAGE_RETURN, ...letters('WORLD')],
  [defineWindow(1, { vertical: 0, anchorPoint: 0 }), ...letters('POP'), displayWindows(1)],
  [VISIBLE, setPenStyle({ italics: true, underline: true }), ...letters('é♪…가<&')],
  [VISIBLE, setPenLocation(1, 30), ...letters('X'), BACKSPACE, setPenLocation(0, 0), ...letters('Y')],
  [VISIBLE, ...letters('A'), deleteWindows(0), VISIBLE, ...letters('AB'), clearWindows(0), ...letters('C')],
  [
    ...[defineWindow(2, { isVisible: true, horizontal: 0, columns: 10 }), ...letters('LEFT')],
    ...[defineWindow(3, { isVisible: true, horizontal: 120, columns: 10 }), ...letters('RIGHT')],
  ],
  [
    VISIBLE,
    setJustification(2),
    ...letters('A'),
    HORIZONTAL_CARRIAGE_RETURN,
    FORM_FEED,
    toggleWindows(0),
    RESET,
  ],
];
const DTVCC_CODES: readonly Code[] = DTVCC_SEEDS.flatMap((codes) => codes.filter(({ length }) => length > 1));

const captionSeiTarget: FuzzTarget = {
  name: 'caption-sei',
  seeds: () =>
    LENGTH_SIZES.flatMap((size) =>
      [
        [captionSei([{ type: 0, pair: 0x9420 }]), nalUnit(NAL.slice)],
        [
          nalUnit(NAL.delimiter, 2),
          seiNal([
            [5, Buffer.alloc(16)],
            [4, captionPayload([{ type: 1, pair: 0xc845 }])],
          ]),
        ],
        [nalUnit(NAL.sps), nalUnit(NAL.pps), nalUnit(NAL.sei), nalUnit(NAL.idr)],
      ].map((units) => Buffer.concat([Buffer.from([size - 1]), accessUnit(size, units)])),
    ),
  dictionary: hexWords(
    'b500314741393403',
    '06',
    '04',
    'ff',
    '000003',
    '00000000',
    'ffffffff',
    '80',
    'dfff',
    'fc9420',
  ),
  maxInputBytes: 6 * KIB,
  maxAllocatedBytes: MIB,
  mayRefuse: false,
  run: (input) => {
    const lengthSize = [1, 2, 4, 4][(input[0] ?? 0) % 4] ?? 4;
    const pairs: number[] = [];
    readCaptions(input.subarray(1), lengthSize, (type, pair) => {
      demand(type >= 0 && type <= 3, () => `type ${type}`);
      demand(pair >= 0 && pair <= 0xffff, () => `pair ${pair}`);
      demand(type > 1 || (pair & 0x7f7f) !== 0, () => `padding ${pair} of field ${type}`);
      pairs.push(pair);
    });
    demand(pairs.length * 3 <= input.length, () => `${pairs.length} pairs in ${input.length} bytes`);
    return variety(pairs);
  },
};

/** An input of this target: for each picture a byte that moves its time, and a pair for either field. */
const captionText: FuzzTarget = {
  name: 'caption-text',
  seeds: () =>
    [
      popOn('CC1', [{ line: 15, text: 'HELLO' }]),
      [...rollUp('CC1', 'ROLLING'), ...rollUp('CC1', 'ON')],
      [...command('CC1', 'resumeDirect'), ...address('CC1', { line: 1, indent: 4 }), ...characters('PAINT')],
      [
        ...command('CC1', 'rollUp2'),
        ...address('CC1', { line: 2 }),
        ...command('CC1', 'rollUp4'),
        ...address('CC1', { line: 9 }),
      ],
      [...popOn('CC2', [{ line: 3, text: 'é<&' }]), ...midRow('CC2', 'italics'), ...extended('CC2', 2, 0x30)],
    ].map((pairs) => Buffer.from(pairs.flatMap((pair) => [4, pair >>> 8, pair & 0xff]))),
  dictionary: hexWords('049420', '04942f', '0494a7', '0494ad', '049152', '04112e', '049229', '05942c', '84'),
  maxInputBytes: KIB,
  // Most of it is used to make the pictures.
  maxAllocatedBytes: 16 * MIB,
  mayRefuse: false,
  run: (input) =>
    whatIsShown(function* pictures() {
      for (let at = 0; at + 3 <= input.length; at += 3) {
        const head = input[at] ?? 0;
        const triplets: CaptionTriplet[] = [{ type: head & 1 ? 1 : 0, pair: input.readUInt16BE(at + 1) }];
        yield { triplets, delay: (head >> 2) * 900, duration: head & 2 ? 1 : 3_003 };
      }
    }),
};

/**
 * An input of this target: pairs, each after a byte whose bits say whether it starts a packet, and whether and when it
 * ends a picture.
 */
const captionWindows: FuzzTarget = {
  name: 'caption-windows',
  seeds: () =>
    DTVCC_SEEDS.map((codes, at) => {
      const pairs = servicePacket(1 + (at % 6), codes, at);
      const last = pairs.length - 1;
      return Buffer.from(
        pairs.flatMap(({ type, pair }, index) => [
          (type & 1) | (index === last ? 6 : 0),
          pair >>> 8,
          pair & 0xff,
        ]),
      );
    }),
  dictionary: [
    ...hexWords(
      '010222',
      '0148',
      '0702',
      '068f',
      '068c',
      'ff',
      '0689',
      '068a',
      '068b',
      '0688',
      '1000',
      '1890',
    ),
    ...DTVCC_CODES.map((code) => Buffer.from(code)),
  ],
  maxInputBytes: KIB,
  maxAllocatedBytes: 16 * MIB,
  mayRefuse: false,
  run: (input) =>
    whatIsShown(function* pictures() {
      let triplets: CaptionTriplet[] = [];
      for (let at = 0; at + 3 <= input.length; at += 3) {
        const head = input[at] ?? 0;
        triplets.push({ type: head & 1 ? 3 : 2, pair: input.readUInt16BE(at + 1) });
        if ((head & 2) === 0 && triplets.length < 31) continue;
        yield { triplets, delay: (head >> 3) * 900, duration: head & 4 ? 3_003 : 1 };
        triplets = [];
      }
    }),
};

type Picture = {
  readonly triplets: readonly CaptionTriplet[];
  /** Ticks from the decode time to the presentation time. */
  readonly delay: number;
  readonly duration: number;
};

function whatIsShown(pictures: () => Iterable<Picture>): string {
  const decoder = new CaptionDecoder();
  const spans = new Map<CaptionChannelId, (readonly CaptionCue[])[]>();
  let dts = 0;
  let edge = PART_TICKS;
  for (const { triplets, delay, duration } of pictures()) {
    decoder.push(accessUnit(4, [captionSei(triplets), nalUnit(NAL.slice)]), { lengthSize: 4 }, dts + delay);
    dts += duration;
    if (dts < edge) continue;
    decoder.advance(dts);
    for (const channel of decoder.channels)
      spans.set(channel.id, [...(spans.get(channel.id) ?? []), channel.cut(dts)]);
    edge = dts + PART_TICKS;
  }
  const shown = [...spans].map(([id, parts]) => {
    const lengths = parts.map((cues) => checkedText(id, cues));
    const joined = joinCues(parts);
    checkedText(id, joined);
    const lines = joined.flatMap(({ rows }) => rows.map(({ line }) => line));
    return `${variety(lines)} ${bucket(Math.max(0, ...lengths))}`;
  });
  return shown.join(' ');
}

/** @returns its length */
function checkedText(channel: CaptionChannelId, cues: readonly CaptionCue[]): number {
  let last = Number.NEGATIVE_INFINITY;
  for (const { start, end, rows } of cues) {
    demand(start < end, () => `a cue from ${start} to ${end}`);
    demand(start >= last, () => `a cue at ${start} after one that ends at ${last}`);
    demand(rows.length > 0 && rows.length <= 15, () => `${rows.length} rows`);
    demand(
      rows.every(({ line }, at) => line > (rows[at - 1]?.line ?? 0) && line <= 15),
      () => `rows in lines ${rows.map(({ line }) => line).join()}`,
    );
    demand(
      rows.every(({ position, text }) => position >= 10 && position < 90 && text.length <= MAX_ROW_TEXT),
      () => `a row of ${rows.map(({ position, text }) => `${text.length} at ${position}`).join()}`,
    );
    last = end;
  }
  const text = renderWebVtt({ channel, start: 0, cues });
  demand(text.length <= MAX_WEBVTT_CHARACTERS, () => `${text.length} characters`);
  const names = new Set<string>();
  for (const block of text.slice(0, -2).split('\n\n').slice(1)) {
    const [name = '', times = '', ...lines] = block.split('\n');
    demand(/^(?:cc[1-4]|s[1-6])-\d+-\d+-\d+$/.test(name), () => `a cue named ${name}`);
    demand(!names.has(name), () => `two cues named ${name}`);
    names.add(name);
    demand(/^[\d:.]+ --> [\d:.]+ line:[\d.]+% position:[\d.]+% align:start$/.test(times), () => times);
    demand(lines.length > 0 && lines.every((line) => line.trim() !== ''), () => `an empty line in ${block}`);
    demand(!/<(?!\/?[iu]>)|-->|\p{Cc}/u.test(lines.join('')), () => `markup in ${lines.join('|')}`);
  }
  return text.length;
}

export const CAPTION_TARGETS: readonly FuzzTarget[] = [captionSeiTarget, captionText, captionWindows];
