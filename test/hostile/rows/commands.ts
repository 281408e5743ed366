// Rows 1, 3, 7, 8, 22 and 71: commands that are cut, mistyped, misnamed, repeated or out of order.

import { type AmfValue, amfEcmaArray, amfObject } from '../../../server/rtmp/amf-value.ts';
import { writeAmfValues } from '../../../server/rtmp/amf0.ts';
import type { EncoderScript } from '../../cases/rtmp-script.ts';
import {
  closed,
  connected,
  type Ending,
  greeted,
  type HostileCase,
  type HostileRows,
  LEFT,
  LIVES,
  publishing,
} from '../hostile-input.ts';

/** One value of each type, to replace arguments. */
const ODD_VALUES: Readonly<Record<string, AmfValue>> = {
  null: null,
  undefined: undefined,
  false: false,
  true: true,
  zero: 0,
  'a fraction': 3.5,
  'not a number': Number.NaN,
  'minus one': -1,
  infinity: Number.POSITIVE_INFINITY,
  '1e300': 1e300,
  'an empty object': amfObject({}),
  'an object': amfObject({ name: 'x', length: -1, toString: 'x' }),
  'an ECMA array': amfEcmaArray({ 0: 'x' }),
  'an empty array': [],
  'an array': ['x', 1],
  'a date': { kind: 'date', epochMs: Number.NaN, timeZone: 0 },
  'an XML document': { kind: 'xml', text: '<x/>' },
  unsupported: { kind: 'unsupported' },
};
const ODD_ENTRIES = Object.entries(ODD_VALUES);
const CONNECT_OBJECT = amfObject({
  app: 'live',
  type: 'nonprivate',
  flashVer: 'FMLE/3.0 (compatible; FMSc/1.0)',
  swfUrl: 'rtmp://127.0.0.1/live',
  tcUrl: 'rtmp://127.0.0.1/live',
});

/** A command with these values as its body. */
function call(script: EncoderScript, values: readonly AmfValue[], messageStreamId = 0): Buffer {
  return script.message({ type: 20, messageStreamId, timestamp: 0, body: writeAmfValues(values) }, 3);
}

const isObject = (value: AmfValue): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  (value.kind === 'object' || value.kind === 'ecma-array');

const CONNECTS: readonly HostileCase[] = [
  greeted('connect without tcUrl', LIVES, (script) => script.connect(amfObject({ app: 'live' }))),
  greeted('connect with a name and nothing else', closed('bad_connect'), (script) =>
    call(script, ['connect']),
  ),
  ...ODD_ENTRIES.map(([what, value]) =>
    greeted(`connect with ${what} as object`, isObject(value) ? LIVES : closed('bad_connect'), (script) =>
      call(script, ['connect', 1, value]),
    ),
  ),
  ...ODD_ENTRIES.map(([what, value]) =>
    greeted(`connect with ${what} as app`, value === undefined ? LIVES : closed('bad_connect'), (script) =>
      script.connect(amfObject({ app: value })),
    ),
  ),
  ...['tcUrl', 'flashVer', 'objectEncoding'].flatMap((key) =>
    ODD_ENTRIES.map(([what, value]) =>
      greeted(`connect with ${what} as ${key}`, LIVES, (script) =>
        script.connect(amfObject({ app: 'live', [key]: value })),
      ),
    ),
  ),
  ...ODD_ENTRIES.map(([what, value]) =>
    greeted(`connect with ${what} as transaction id`, LIVES, (script) =>
      call(script, ['connect', value, CONNECT_OBJECT]),
    ),
  ),
];

/** Real commands as ffmpeg and FMLE send them, by their values. */
const REAL_COMMANDS: Readonly<Record<string, readonly AmfValue[]>> = {
  connect: ['connect', 1, CONNECT_OBJECT],
  releaseStream: ['releaseStream', 2, null, 'a-key'],
  FCPublish: ['FCPublish', 3, null, 'a-key'],
  createStream: ['createStream', 4, null],
  publish: ['publish', 5, null, 'a-key', 'live'],
  deleteStream: ['deleteStream', 6, null, 2],
};

/** Ends of values: a body that is cut there is valid. */
function valueEnds(values: readonly AmfValue[]): readonly number[] {
  return values.map((_, at) => writeAmfValues(values.slice(0, at)).length);
}

/** Expected end of a command without its last values. */
function endOfShort(name: string, valuesLeft: number, isFirst: boolean): Ending {
  if (valuesLeft === 0) return closed('bad_command');
  return name === 'connect' && isFirst ? closed('bad_connect') : LIVES;
}

function cutBodies(name: string, values: readonly AmfValue[]): HostileCase[] {
  const ends = valueEnds(values);
  return Array.from({ length: writeAmfValues(values).length }, (_, cut) => {
    const valuesLeft = ends.indexOf(cut);
    const isFirst = name === 'connect';
    const ending = valuesLeft < 0 ? closed('truncated') : endOfShort(name, valuesLeft, isFirst);
    const body = writeAmfValues(values).subarray(0, cut);
    const message = { type: 20, messageStreamId: 0, timestamp: 0, body };
    const speak = (script: EncoderScript): Buffer => script.message(message, 3);
    const what = `${name} whose body ends after ${cut} bytes`;
    return isFirst ? greeted(what, ending, speak) : publishing(what, ending, speak);
  });
}

/** The connection ends in the middle of a command. */
function cutWires(name: string, values: readonly AmfValue[]): HostileCase[] {
  const length = writeAmfValues(values).length + 12;
  return Array.from({ length: length - 1 }, (_, cut) =>
    publishing(`${name} of which ${cut + 1} bytes arrive`, LEFT, (script) =>
      call(script, values).subarray(0, cut + 1),
    ),
  );
}

const TRUNCATED: readonly HostileCase[] = [
  ...Object.entries(REAL_COMMANDS).flatMap(([name, values]) => cutBodies(name, values)),
  ...Object.entries(REAL_COMMANDS)
    .filter(([name]) => name !== 'connect')
    .flatMap(([name, values]) => cutWires(name, values)),
  ...Array.from({ length: 32 }, (_, at) => 1 + at * 96).map((cut) => ({
    ...greeted(`a handshake of which ${cut} bytes arrive`, LEFT, () => Buffer.alloc(0)),
    steps: () => [{ kind: 'write' as const, bytes: helloOf(cut) }],
  })),
];

function helloOf(byteCount: number): Buffer {
  const hello = Buffer.alloc(3073, 0x5a);
  hello.fill(0, 1, 9);
  hello[0] = 3;
  return hello.subarray(0, byteCount);
}

const MISTYPED: readonly HostileCase[] = [
  ...ODD_ENTRIES.map(([what, value]) =>
    connected(`publish with ${what} as name`, closed('bad_publish_name'), (script) =>
      call(script, ['publish', 3, null, value, 'live'], 1),
    ),
  ),
  connected('publish without a name', closed('bad_publish_name'), (script) =>
    call(script, ['publish', 3, null]),
  ),
  ...ODD_ENTRIES.map(([what, value]) => ({
    ...connected(`publish with ${what} as type`, LIVES, (script, name) =>
      call(script, ['publish', 3, null, name, value], 1),
    ),
    publishes: true,
  })),
  ...[0, 2, 77, 0x7fff_ffff, 0xffff_fffe].map((messageStreamId) => ({
    ...connected(`publish on message stream ${messageStreamId}`, LIVES, (script, name) =>
      script.publish(name, messageStreamId),
    ),
    publishes: true,
  })),
  ...['createStream', 'deleteStream', 'closeStream', 'releaseStream', '_checkbw'].flatMap((name) =>
    ODD_ENTRIES.map(([what, value]) =>
      publishing(`${name} with ${what} for everything`, LIVES, (script) =>
        call(script, [name, value, value, value, value]),
      ),
    ),
  ),
  ...ODD_ENTRIES.map(([what, value]) =>
    publishing(`a command named by ${what}`, closed('bad_command'), (script) =>
      call(script, [value, 1, null]),
    ),
  ),
];

const PROTOTYPE_NAMES = [
  ...['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'],
  ...['isPrototypeOf', '__defineGetter__', '__lookupSetter__', 'then'],
];

const PROTOTYPES: readonly HostileCase[] = PROTOTYPE_NAMES.flatMap((name) => [
  connected(`the command ${name} before publishing`, LIVES, (script) =>
    script.command(name, 3, null, [name]),
  ),
  publishing(`the command ${name}`, LIVES, (script) =>
    script.command(name, 4, null, [amfObject({ [name]: 1 })]),
  ),
  publishing(`the data message ${name}`, LIVES, (script) => script.data(name, [amfObject({ [name]: null })])),
  publishing(`metadata with the key ${name}`, LIVES, (script) =>
    script.data('@setDataFrame', [
      'onMetaData',
      amfEcmaArray({ [name]: amfObject({ [name]: true }), width: 1 }),
    ]),
  ),
  greeted(`connect with the key ${name}`, LIVES, (script) =>
    script.connect(amfObject({ app: 'live', [name]: amfObject({ app: 'x', [name]: name }) })),
  ),
]);

const REPEATED: readonly HostileCase[] = [
  ...['same', 'other'].flatMap((which) =>
    [1, 2, 0].map((messageStreamId) =>
      publishing(
        `a second publish, of the ${which} name, on message stream ${messageStreamId}`,
        LIVES,
        (script, name) => script.publish(which === 'same' ? name : `${name}-b`, messageStreamId),
      ),
    ),
  ),
  publishing('publish a hundred times', LIVES, (script, name) =>
    Buffer.concat(Array.from({ length: 100 }, (_, at) => script.publish(`${name}-${at}`))),
  ),
  publishing('a second connect', LIVES, (script) => script.connect()),
  publishing('unpublish, then publish again', LIVES, (script, name) =>
    Buffer.concat([script.command('FCUnpublish', 6, null, [name]), script.publish(name)]),
  ),
  publishing('a thousand createStreams', LIVES, (script) =>
    Buffer.concat(Array.from({ length: 1_000 }, (_, at) => script.command('createStream', at, null, []))),
  ),
];

const MACHINE_COMMANDS = [
  ...[
    'connect',
    'createStream',
    'releaseStream',
    'FCPublish',
    'publish',
    'play',
    'FCUnpublish',
    'closeStream',
  ],
  ...['deleteStream', '_checkbw', 'getStreamLength', '_result'],
] as const;

/** Expected end of two commands in sequence: the session's rules, written independently. */
function endOfPair(names: readonly string[]): { readonly ending: Ending; readonly publishes: boolean } {
  let isPublishing = false;
  for (const name of names) {
    if (name === 'play') return { ending: closed('play_unsupported'), publishes: isPublishing };
    if (name === 'publish') isPublishing = true;
    const isEnd = name === 'FCUnpublish' || name === 'closeStream' || name === 'deleteStream';
    if (isEnd && isPublishing) return { ending: closed('unpublished'), publishes: true };
  }
  return { ending: LIVES, publishes: isPublishing };
}

const ORDERS: readonly HostileCase[] = MACHINE_COMMANDS.flatMap((first) =>
  MACHINE_COMMANDS.map((second) => {
    const speak = (script: EncoderScript, streamName: string): Buffer =>
      Buffer.concat(
        [first, second].map((name) =>
          name === 'connect'
            ? script.connect()
            : script.command(name, 5, null, name === 'deleteStream' ? [1] : [streamName, 'live'], 1),
        ),
      );
    return { ...connected(`${first}, then ${second}`, LIVES, speak), ...endOfPair([first, second]) };
  }),
);

const FIRST_COMMANDS: readonly HostileCase[] = MACHINE_COMMANDS.filter((name) => name !== 'connect').map(
  (name) =>
    greeted(`${name} before connect`, closed('not_connected'), (script, streamName) =>
      script.command(name, 1, null, [streamName]),
    ),
);

export const COMMAND_ROWS: HostileRows = {
  1: CONNECTS,
  3: TRUNCATED,
  7: MISTYPED,
  8: PROTOTYPES,
  22: REPEATED,
  71: [...ORDERS, ...FIRST_COMMANDS],
};
