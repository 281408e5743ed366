// Rows 4, 17 and 68: AMF that is too deep, has too many or too long values, or wrong counts. In commands it ends the
// connection; in metadata it is ignored.

import { type AmfValue, amfEcmaArray, amfObject } from '../../../server/rtmp/amf-value.ts';
import { writeAmfValues } from '../../../server/rtmp/amf0.ts';
import { BAD_AMF_CASES, nested } from '../../cases/rtmp-amf0.ts';
import type { EncoderScript } from '../../cases/rtmp-script.ts';
import {
  closed,
  connected,
  greeted,
  type HostileCase,
  type HostileRows,
  LIVES,
  publishing,
} from '../hostile-input.ts';

const NAME = writeAmfValues(['onMetaData']);
const COMMAND = writeAmfValues(['setMeta', 9, null]);
const CONNECT = writeAmfValues(['connect', 1]);
/** Fits the bytes before a publish request, with handshake and connect. */
const SMALL_BYTES = 50_000;
/** The longest message that the gateway accepts: 16 MiB. */
const LONGEST_BYTES = 16 * 1024 * 1024 - 1024;

/** A message with this body, after a large chunk size was set. */
function body(script: EncoderScript, type: number, bytes: Buffer, messageStreamId = 0): Buffer {
  return Buffer.concat([
    script.control({ kind: 'set-chunk-size', chunkBytes: 0x10_0000 }),
    script.message({ type, messageStreamId, timestamp: 0, body: bytes }, 5),
  ]);
}

/** The same bytes in the four places where a session reads AMF. */
function everywhere(what: string, bytes: Buffer, code: string): HostileCase[] {
  const cases = [
    publishing(`${what}, in a command`, closed(code), (script) =>
      body(script, 20, Buffer.concat([COMMAND, bytes])),
    ),
    publishing(`${what}, in metadata`, LIVES, (script) => body(script, 18, Buffer.concat([NAME, bytes]), 1)),
  ];
  if (bytes.length > SMALL_BYTES) return cases;
  return [
    ...cases,
    greeted(`${what}, as connect's object`, closed(code), (script) =>
      body(script, 20, Buffer.concat([CONNECT, bytes])),
    ),
    connected(`${what}, in a command before publishing`, closed(code), (script) =>
      body(script, 17, Buffer.concat([Buffer.of(0), COMMAND, bytes])),
    ),
  ];
}

const OPENINGS = {
  object: Buffer.from('0300016b', 'hex'),
  'strict array': Buffer.from('0a00000001', 'hex'),
  'ECMA array': Buffer.from('080000000100016b', 'hex'),
} as const;

/** Containers that are never closed. */
function opened(kind: keyof typeof OPENINGS, depth: number): Buffer {
  const opening = OPENINGS[kind];
  return Buffer.alloc(opening.length * depth, opening);
}

const DEEP: readonly HostileCase[] = [
  ...(['object', 'ecma-array', 'strict-array', 'mixed'] as const).flatMap((kind) =>
    [17, 65, 1_000].flatMap((depth) =>
      everywhere(`${kind} nested ${depth} deep`, nested(depth, kind), 'amf_limit'),
    ),
  ),
  ...(['object', 'ecma-array', 'strict-array', 'mixed'] as const).map((kind) =>
    publishing(`${kind} nested 16 deep, which is allowed`, LIVES, (script) =>
      body(script, 20, Buffer.concat([COMMAND, nested(16, kind)])),
    ),
  ),
  ...(['object', 'strict array', 'ECMA array'] as const).flatMap((kind) =>
    everywhere(`${kind} opened 100 000 deep`, opened(kind, 100_000), 'amf_limit'),
  ),
  publishing('objects opened 2 500 000 deep', closed('amf_limit'), (script) =>
    body(script, 20, Buffer.concat([COMMAND, opened('object', 2_500_000)])),
  ),
];

const u32 = (value: number): string => value.toString(16).padStart(8, '0');

/** Announced counts, with and without their values. */
const COUNTS: readonly HostileCase[] = [
  ...BAD_AMF_CASES.flatMap(({ name, hex, code }) => everywhere(name, Buffer.from(hex, 'hex'), code)),
  ...[1, 255, 1_023, 65_535, 0x7fff_ffff, 0xffff_fffe].flatMap((count) =>
    everywhere(
      `a strict array that announces ${count} and has none`,
      Buffer.from(`0a${u32(count)}`, 'hex'),
      'truncated',
    ),
  ),
  ...[2, 65_535, 0x7fff_ffff, 0xffff_ffff].map((count) =>
    publishing(`an ECMA array that announces ${count} and has one`, LIVES, (script) =>
      body(script, 20, Buffer.concat([COMMAND, Buffer.from(`08${u32(count)}00016b05000009`, 'hex')])),
    ),
  ),
  ...[0x1_0000, 0x10_0000, 0x7fff_ffff, 0xffff_ffff].flatMap((length) =>
    everywhere(
      `a long string of ${length} bytes that has three`,
      Buffer.from(`0c${u32(length)}616263`, 'hex'),
      length > 65_536 - 32 ? 'amf_limit' : 'truncated',
    ),
  ),
  ...everywhere('1 100 values', Buffer.alloc(1_100, 5), 'amf_limit'),
  ...everywhere('40 000 values', Buffer.alloc(40_000, 6), 'amf_limit'),
  ...everywhere('an object of 2 000 keys', manyKeys(2_000), 'amf_limit'),
];

function manyKeys(count: number): Buffer {
  const keys = Array.from({ length: count }, (_, at) => [`k${at}`, at % 7]);
  return writeAmfValues([amfEcmaArray(Object.fromEntries(keys))]);
}

const ODD: readonly AmfValue[] = [
  ...[null, undefined, true, -1, 0, Number.NaN, Number.POSITIVE_INFINITY, 1e300, 5e-324, ''],
  ...['<script>alert(1)</script>', 'x'.repeat(2_000), amfObject({ width: 1 })],
  ...([[], { kind: 'date', epochMs: Number.NaN, timeZone: -32_768 }] satisfies readonly AmfValue[]),
];
const METADATA_KEYS = ['width', 'framerate', 'encoder', 'videocodecid', 'audiosamplerate'];

const METADATA: readonly HostileCase[] = [
  ...METADATA_KEYS.flatMap((key) =>
    ODD.map((value, at) =>
      publishing(`metadata in which ${key} is odd value ${at}`, LIVES, (script) =>
        script.data('@setDataFrame', ['onMetaData', amfEcmaArray({ [key]: value })]),
      ),
    ),
  ),
  publishing('metadata of 10 000 keys', LIVES, (script) =>
    body(script, 18, Buffer.concat([NAME, manyKeys(10_000)]), 1),
  ),
  publishing('metadata of 1 MB, ten times', LIVES, (script) =>
    Buffer.concat(Array.from({ length: 10 }, () => body(script, 18, largeMetadata(1_000_000), 1))),
  ),
  publishing('metadata of the greatest length', LIVES, (script) =>
    body(script, 18, largeMetadata(LONGEST_BYTES), 1),
  ),
  publishing('metadata 2 000 times', LIVES, (script) =>
    Buffer.concat(
      Array.from({ length: 2_000 }, (_, at) =>
        script.data('onMetaData', [amfObject({ framerate: at, encoder: `${at}` })]),
      ),
    ),
  ),
];

function largeMetadata(byteCount: number): Buffer {
  const head = Buffer.concat([NAME, Buffer.from(`0c${u32(byteCount)}`, 'hex')]);
  return Buffer.concat([head, Buffer.alloc(byteCount, 0x78)]);
}

export const AMF_ROWS: HostileRows = { 4: DEEP, 17: COUNTS, 68: METADATA };
