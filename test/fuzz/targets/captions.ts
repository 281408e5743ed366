// Captions inside the video (CEA-608 in SEI messages): whatever the bytes, no fault, bounded text, well-formed WebVTT.

import { type CaptionCue, joinCues } from '../../../server/captions/caption-cue.ts';
import { CaptionDecoder } from '../../../server/captions/caption-decoder.ts';
import { readCaptions } from '../../../server/captions/caption-sei.ts';
import { MAX_WEBVTT_CHARACTERS, renderWebVtt } from '../../../server/captions/webvtt.ts';
import { accessUnit, LENGTH_SIZES, NAL, nalUnit } from '../../cases/access-units.ts';
import {
  address,
  characters,
  command,
  extended,
  midRow,
  popOn,
  rollUp,
} from '../../cases/captions-line21.ts';
import { captionPayload, captionSei, seiNal } from '../../cases/captions-sei.ts';
import { bucket, demand, type FuzzTarget, hexWords, variety } from '../fuzz-target.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const PART_TICKS = 18_000;

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
    readCaptions(input.subarray(1), lengthSize, {
      onPair: (field, pair) => {
        demand(field === 0 || field === 1, () => `field ${field}`);
        demand(pair > 0 && pair <= 0xffff && (pair & 0x7f7f) !== 0, () => `pair ${pair}`);
        pairs.push(pair);
      },
      onService: (service) => {
        demand(service >= 1 && service <= 6, () => `service ${service}`);
        pairs.push(service);
      },
    });
    demand(pairs.length * 3 <= input.length, () => `${pairs.length} pairs in ${input.length} bytes`);
    return variety(pairs);
  },
};

/** An input of this target: for each picture a byte that moves its time, and a pair of either field. */
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
  // Most of it is what the pictures are made with.
  maxAllocatedBytes: 16 * MIB,
  mayRefuse: false,
  run: (input) => {
    const decoder = new CaptionDecoder();
    const spans: CaptionCue[][] = [];
    let dts = 0;
    let edge = PART_TICKS;
    for (let at = 0; at + 3 <= input.length; at += 3) {
      const head = input[at] ?? 0;
      const sei = captionSei([{ type: head & 1 ? 1 : 0, pair: input.readUInt16BE(at + 1) }]);
      decoder.push(accessUnit(4, [sei, nalUnit(NAL.slice)]), 4, dts + (head >> 2) * 900);
      dts += head & 2 ? 1 : 3_003;
      if (dts < edge) continue;
      decoder.advance(dts);
      for (const channel of decoder.channels) spans.push([...channel.cut(dts)]);
      edge = dts + PART_TICKS;
    }
    const texts = spans.map((cues, at) => checkedText(cues, at));
    const joined = joinCues(spans);
    checkedText(joined, 0);
    return `${variety(joined.flatMap(({ rows }) => rows.map(({ line }) => line)))} ${bucket(Math.max(0, ...texts))}`;
  },
};

/** @returns its length */
function checkedText(cues: readonly CaptionCue[], at: number): number {
  let last = Number.NEGATIVE_INFINITY;
  for (const { start, end, rows } of cues) {
    demand(start < end, () => `a cue from ${start} to ${end}`);
    demand(start >= last || at === 0, () => `a cue at ${start} after one that ends at ${last}`);
    demand(rows.length > 0 && rows.length <= 15, () => `${rows.length} rows`);
    last = end;
  }
  const text = renderWebVtt({ channel: 'CC1', start: 0, cues });
  demand(text.length <= MAX_WEBVTT_CHARACTERS, () => `${text.length} characters`);
  for (const block of text.slice(0, -2).split('\n\n').slice(1)) {
    const [name = '', times = '', ...lines] = block.split('\n');
    demand(/^cc1-\d+-\d+-\d+$/.test(name), () => `a cue named ${name}`);
    demand(/^[\d:.]+ --> [\d:.]+ line:[\d.]+% position:[\d.]+% align:start$/.test(times), () => times);
    demand(lines.length > 0 && lines.every((line) => line.trim() !== ''), () => `an empty line in ${block}`);
    demand(!/<(?!\/?[iu]>)|-->|\p{Cc}/u.test(lines.join('')), () => `markup in ${lines.join('|')}`);
  }
  return text.length;
}

export const CAPTION_TARGETS: readonly FuzzTarget[] = [captionSeiTarget, captionText];
