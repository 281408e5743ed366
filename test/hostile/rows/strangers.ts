// Rows 5, 6, 32, 33, 69 and 70: connections that do not publish, names with path traversal, text that forges log lines, and
// other protocols.

import { amfEcmaArray, amfObject } from '../../../server/rtmp/amf-value.ts';
import { aggregateBody, EncoderScript } from '../../cases/rtmp-script.ts';
import {
  closed,
  connected,
  type Ending,
  greeted,
  type HostileCase,
  type HostileRows,
  LIVES,
  publishing,
  stranger,
  writing,
} from '../hostile-input.ts';
import { CANARY_NAME, INTRUDER_MARK, SECRETS } from '../marks.ts';
import { VIDEO_CONFIG, videoFrame } from '../media-bytes.ts';

/** Bytes that must never reach a segment. */
const MARKED = Buffer.concat([videoFrame(40, true), INTRUDER_MARK]);

/** Every kind of media and metadata message, marked. */
const MEDIA: Readonly<Record<string, (script: EncoderScript, messageStreamId: number) => Buffer>> = {
  video: (script, id) => script.video(0, MARKED, id),
  audio: (script, id) => script.audio(0, Buffer.concat([Buffer.of(0xaf, 1), INTRUDER_MARK]), id),
  'a configuration': (script, id) => script.video(0, VIDEO_CONFIG, id),
  metadata: (script, id) =>
    script.data('onMetaData', [amfObject({ encoder: INTRUDER_MARK.toString('latin1') })], id),
  'AMF3 metadata': (script, id) =>
    script.message({ type: 15, messageStreamId: id, timestamp: 0, body: INTRUDER_MARK }, 8),
  aggregate: (script, id) =>
    script.message(
      {
        type: 22,
        messageStreamId: id,
        timestamp: 0,
        body: aggregateBody([{ type: 9, time: 0, body: MARKED }]),
      },
      8,
    ),
};

const NOT_PUBLISHERS: readonly HostileCase[] = Object.entries(MEDIA).flatMap(([what, say]) => [
  greeted(`${what} before connect`, closed('media_not_publishing'), (script) => say(script, 1)),
  ...[0, 1, 7].map((id) =>
    connected(`${what} on message stream ${id} before publishing`, closed('media_not_publishing'), (script) =>
      say(script, id),
    ),
  ),
  connected(`play of the canary, then ${what}`, closed('play_unsupported'), (script) =>
    Buffer.concat([script.command('play', 3, null, [CANARY_NAME], 1), say(script, 1)]),
  ),
  connected(`FCPublish of the canary, then ${what}`, closed('media_not_publishing'), (script) =>
    Buffer.concat([script.command('FCPublish', 3, null, [CANARY_NAME]), say(script, 1)]),
  ),
  ...[0, 2, 0xffff_fffe].map((id) =>
    publishing(
      `${what} on message stream ${id}, which publishes nothing`,
      /metadata/.test(what) ? LIVES : closed('media_not_publishing'),
      (script) => say(script, id),
    ),
  ),
  publishing(`unpublish, then ${what}`, closed('unpublished'), (script, name) =>
    Buffer.concat([script.command('FCUnpublish', 6, null, [name]), say(script, 1)]),
  ),
]);

const TAKEN = closed('name_taken');
/** All ways to write the canary's address. */
const ADDRESSES: readonly (readonly [app: string, name: string])[] = [
  ['live', CANARY_NAME],
  ['live', `/${CANARY_NAME}`],
  ['live', `${CANARY_NAME}/`],
  ['live/', CANARY_NAME],
  ['/live', CANARY_NAME],
  ['', CANARY_NAME],
  [`live/${CANARY_NAME}`, ''],
  [CANARY_NAME, ''],
  ['other', CANARY_NAME],
  ['live?x=1', CANARY_NAME],
  ['live', `${CANARY_NAME}?x=1`],
  ['live', `x/${CANARY_NAME}`],
];

const SECOND_PUBLISHERS: readonly HostileCase[] = [
  ...Object.entries(MEDIA).map(([what, say]) =>
    connected(`publish of the canary's name and ${what} in one write`, TAKEN, (script) =>
      Buffer.concat([
        script.publish(CANARY_NAME),
        say(script, 1),
        say(script, 1),
        script.publish(CANARY_NAME),
      ]),
    ),
  ),
  ...ADDRESSES.map(([app, name]) =>
    greeted(`the canary's name as ${JSON.stringify([app, name])}, and video`, TAKEN, (script) =>
      Buffer.concat([
        script.connect(amfObject({ app })),
        script.command('createStream', 2, null, []),
        script.publish(name),
        script.video(0, MARKED),
      ]),
    ),
  ),
  ...[1, 7, 40, 64].map((bytesLater) => ({
    ...connected(`the canary's name and video, the last ${bytesLater} bytes of it later`, TAKEN, () =>
      Buffer.alloc(0),
    ),
    steps: () => {
      const whole = secondFlight();
      return [whole.subarray(0, -bytesLater), whole.subarray(-bytesLater)].map(writing);
    },
  })),
];

function secondFlight(): Buffer {
  const script = new EncoderScript();
  return Buffer.concat([script.opening(), script.publish(CANARY_NAME), script.video(0, MARKED)]);
}

const BAD_NAME = closed('bad_stream_name');
const CLIMBING = [
  ...[
    '..',
    '../x',
    'x/..',
    '../../etc/passwd',
    './x',
    'x/.',
    'a/../b',
    '..\\x',
    '..\\..\\x',
    '.\\x',
    '%2e%2e',
  ],
  ...[
    '%2e%2e%2fx',
    '%2e%2e/x%00',
    '..%2fx',
    '..%5cx',
    '%252e%252e%252fx',
    '%c0%ae%c0%ae',
    '..%c0%afx',
    '..%255cx',
  ],
  ...[
    '%u002e%u002e',
    '\u2024\u2024',
    '\uff0e\uff0e',
    '\uff0e\uff0e\uff0fx',
    '\u2025',
    '\u2215x',
    '\u2044x',
    'x\u0000',
  ],
  ...[
    '\u0000',
    'x\u0000.m3u8',
    'x%00',
    'x.m3u8',
    'x.',
    '.x',
    '.',
    '~',
    '~root',
    '$HOME',
    '`id`',
    '$(id)',
    ';id',
    '|id',
  ],
  ...['a b', 'a\tb', 'a\nb', 'a\r\nSet-Cookie: x', 'C:x', 'file:x', 'con.', 'x:$DATA', 'x*', 'xé'],
  ...[
    'ß',
    '\u202ex',
    '\ufeffx',
    'x\u200b',
    '\ud83d\ude00',
    '<x>',
    '"x"',
    "'x'",
    '&x',
    '#x',
    'x@y',
    'x=y',
    'x,y',
    '{x}',
  ],
  ...[
    'x'.repeat(65),
    'x'.repeat(5_000),
    '.'.repeat(5_000),
    `${'../'.repeat(1_600)}x`,
    '\u0000'.repeat(5_000),
  ],
];

const NAMES: readonly HostileCase[] = [
  ...CLIMBING.map((name) => connected(`the name ${shown(name)}`, BAD_NAME, (script) => script.publish(name))),
  ...CLIMBING.map((name) =>
    greeted(`the app ${shown(name)} without a name`, BAD_NAME, (script) =>
      Buffer.concat([
        script.connect(amfObject({ app: name })),
        script.command('createStream', 2, null, []),
        script.publish(''),
      ]),
    ),
  ),
  ...['', '/', '//', '///', '?', '?x=y', '/?'].map((name) =>
    connected(`the empty name ${JSON.stringify(name)}`, closed('no_stream_name'), (script) =>
      script.publish(name),
    ),
  ),
];

function shown(name: string): string {
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}... of ${name.length}` : name);
}

const KEEPS_SECRET: readonly HostileCase[] = SECRETS.flatMap((secret) => [
  {
    ...connected(`a secret of ${secret.length} in the query of the name`, LIVES, (script, name) =>
      script.publish(`${name}?token=${secret}`),
    ),
    publishes: true,
  },
  connected(`a secret of ${secret.length} in the query of a wrong name`, BAD_NAME, (script) =>
    script.publish(`wrong.name?token=${secret}`),
  ),
  connected(`a secret of ${secret.length} in the place of a wrong name`, BAD_NAME, (script) =>
    script.publish(`wrong.${secret}`),
  ),
  greeted(`a secret of ${secret.length} in an app that is a wrong name`, BAD_NAME, (script) =>
    Buffer.concat([
      script.connect(amfObject({ app: `live/../${secret}`, tcUrl: `rtmp://h/${secret}` })),
      script.command('createStream', 2, null, []),
      script.publish(''),
    ]),
  ),
  connected(`a secret of ${secret.length} as the name of a play`, closed('play_unsupported'), (script) =>
    script.command('play', 3, null, [secret], 1),
  ),
  greeted(`a secret of ${secret.length} in the query of app and tcUrl`, closed('name_taken'), (script) =>
    Buffer.concat([
      script.connect(
        amfObject({ app: `live?token=${secret}`, tcUrl: `rtmp://u:${secret}@h/live?token=${secret}` }),
      ),
      script.command('createStream', 2, null, []),
      script.publish(CANARY_NAME),
    ]),
  ),
  greeted(`a secret of ${secret.length} in a connect that is refused`, closed('bad_connect'), (script) =>
    script.connect(amfObject({ app: 5, tcUrl: `rtmp://h/live/${secret}`, pageUrl: secret })),
  ),
  publishing(`a secret of ${secret.length} in releaseStream and FCPublish`, LIVES, (script) =>
    Buffer.concat([
      script.command('releaseStream', 5, null, [secret]),
      script.command('FCPublish', 6, null, [secret]),
    ]),
  ),
]);

const FORGED = [
  ...[
    '\r\n{"level":"error","msg":"forged"}',
    '\n\n\nforged',
    '\u001b[31mred\u001b[0m',
    '\u001b]0;title\u0007',
    '\u0000\u0001\u0002',
  ],
  ...[
    '"},{"code":"forged"',
    '\\u000aforged',
    '\u2028forged\u2029',
    '%0d%0aforged',
    '\ud800',
    '\u202etxt',
    'x'.repeat(60_000),
  ],
];

const LOG_WORDS: readonly HostileCase[] = FORGED.flatMap((text) => {
  const fits = text.slice(0, 40_000);
  return [
    connected(`as stream name: ${shown(text)}`, BAD_NAME, (script) => script.publish(`${fits} `)),
    connected(`as command: ${shown(text)}`, LIVES, (script) => script.command(fits, 5, null, [])),
    greeted(`as first command: ${shown(text)}`, closed('not_connected'), (script) =>
      script.command(fits, 1, null, []),
    ),
    greeted(`as flashVer: ${shown(text)}`, LIVES, (script) =>
      script.connect(amfObject({ app: 'live', flashVer: fits })),
    ),
    publishing(`as encoder: ${shown(text)}`, LIVES, (script) =>
      script.data('@setDataFrame', ['onMetaData', amfEcmaArray({ encoder: text })]),
    ),
  ];
});

const PROTOCOLS: Readonly<Record<string, Buffer>> = {
  'GET /': Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
  'POST /': Buffer.from('POST /open/1 HTTP/1.1\r\nContent-Length: 1\r\n\r\n\0'),
  'HTTP/2 preface': Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  'RTSP OPTIONS': Buffer.from('OPTIONS rtsp://x/live RTSP/1.0\r\nCSeq: 1\r\n\r\n'),
  'SIP OPTIONS': Buffer.from('OPTIONS sip:nm SIP/2.0\r\n\r\n'),
  'TLS 1.0 hello': Buffer.from('16030100c8010000c40301', 'hex'),
  'TLS 1.3 hello': Buffer.from('1603010200010001fc0303', 'hex'),
  'SSLv2 hello': Buffer.from('802e0100020015000000', 'hex'),
  SSH: Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'),
  'SMTP EHLO': Buffer.from('EHLO x\r\n'),
  Redis: Buffer.from('*1\r\n$4\r\nPING\r\n'),
  'PROXY protocol v1': Buffer.from('PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n'),
  'PROXY protocol v2': Buffer.from('0d0a0d0a000d0a515549540a', 'hex'),
  'DNS over TCP': Buffer.from('001e0006010000010000000000000776657273696f6e', 'hex'),
  'SOCKS 5': Buffer.from('050100', 'hex'),
  'MQTT connect': Buffer.from('100c00044d5154540402003c0000', 'hex'),
};

const WRONG_PROTOCOLS: readonly HostileCase[] = [
  ...Object.entries(PROTOCOLS).map(([what, bytes]) => stranger(what, closed('not_rtmp'), bytes)),
  // The remote desktop handshake starts with RTMP's version byte and is short.
  stranger('RDP', { kind: 'left' }, Buffer.from('0300002f2ae00000000000436f6f6b69653a', 'hex')),
  stranger('a port scan', { kind: 'left' }),
  ...Array.from({ length: 64 }, (_, at) => at * 4).map((first) =>
    stranger(`the first byte ${first}`, endOfFirstByte(first), Buffer.alloc(2_000, first)),
  ),
  ...[6, 9].map((version) =>
    stranger(`RTMP version ${version}`, closed('encrypted_rtmp'), Buffer.of(version, 0, 0)),
  ),
];

function endOfFirstByte(first: number): Ending {
  return closed(first === 8 ? 'encrypted_rtmp' : 'not_rtmp');
}

export const STRANGER_ROWS: HostileRows = {
  5: NOT_PUBLISHERS,
  6: SECOND_PUBLISHERS,
  32: NAMES,
  33: KEEPS_SECRET,
  69: LOG_WORDS,
  70: WRONG_PROTOCOLS,
};
