// Texts from people and programs: addresses, queries, WebSocket messages, settings.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readCommand } from '../../../server/command/command-line.ts';
import { GatewayError } from '../../../server/errors.ts';
import { parseDeliveryDirectives } from '../../../server/hls/delivery-directives.ts';
import { parseClientMessage } from '../../../server/http/client-message.ts';
import { isStreamName, parsePublishAddress } from '../../../server/live/stream-name.ts';
import { environmentNameOf, flagOf, settingOf, settingPaths } from '../../../server/settings/table.ts';
import { sectionsOf, settingsFrom } from '../../support/settings.ts';
import { bucket, demand, type FuzzTarget, textWords } from '../fuzz-target.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

const deliveryDirectives: FuzzTarget = {
  name: 'delivery-directives',
  seeds: () =>
    textWords(
      ...[
        '',
        '_HLS_msn=1',
        '_HLS_msn=63072000&_HLS_part=3',
        '_HLS_part=1',
        '_HLS_msn=1&_HLS_msn=2',
        '_HLS_msn=-1',
        '_HLS_msn=0x10',
      ],
      ...[
        '_HLS_msn=',
        '_HLS_msn=9007199254740993',
        '_HLS_msn=1e9',
        '_HLS_skip=YES&_HLS_msn=5',
        'token=a&_HLS_msn=%31',
        '%5fHLS_msn=7',
      ],
    ),
  dictionary: textWords(
    '_HLS_msn=',
    '_HLS_part=',
    '_HLS_skip=YES',
    '&',
    '=',
    '%',
    '%00',
    '+',
    '__proto__',
    '999999999999999',
    '0',
  ),
  maxInputBytes: KIB,
  maxAllocatedBytes: MIB,
  mayRefuse: true,
  run: (input) => {
    const { position, wantsDelta } = parseDeliveryDirectives(input.toString('latin1'));
    if (position === undefined) return `none ${wantsDelta}`;
    const { msn, part } = position;
    for (const value of [msn, part ?? 0])
      demand(Number.isSafeInteger(value) && value >= 0, () => `${msn}/${part}`);
    return `${bucket(msn) > 2 ** 31} ${part === undefined} ${wantsDelta}`;
  },
};

const publishAddress: FuzzTarget = {
  name: 'publish-address',
  seeds: () =>
    textWords(
      ...[
        'live\nkey',
        'live/key\n',
        '\nkey',
        'key\n',
        'live/instance\nkey',
        '//live//\n//key//',
        'live?a=1\nkey?b=2',
        'live\n',
        '\n',
      ],
      ...[
        'live/../x\nkey',
        'live\n../../etc/passwd',
        'live\nkey\0',
        'live\n%2e%2e',
        `live\n${'k'.repeat(65)}`,
        'live\nкей',
        'a/b/c/d\ne/f/g?h',
      ],
    ),
  dictionary: textWords(
    '/',
    '//',
    '..',
    '.',
    '?',
    '\n',
    'live',
    '%2f',
    '\\',
    '\0',
    '\u202e',
    '__proto__',
    '"><img src=x>',
    '\r\n',
  ),
  maxInputBytes: KIB,
  maxAllocatedBytes: MIB,
  mayRefuse: false,
  run: (input) => {
    const [app = '', ...rest] = input.toString('utf8').split('\n');
    const streamName = rest.join('\n');
    const found = addressOf(app, streamName);
    if (!`${app}${streamName}`.includes('?')) {
      // Slashes at the ends and double slashes are ignored.
      for (const [otherApp, otherName] of [
        [`/${app}/`, streamName],
        [app, `//${streamName}/`],
        [app.replaceAll('/', '//'), streamName],
      ] as const) {
        const other = addressOf(otherApp, otherName);
        demand(other === found, () => `${found}, but with other slashes ${other}`);
      }
    }
    return found.startsWith('name') ? 'name' : found;
  },
};

function addressOf(app: string, streamName: string): string {
  try {
    const { name, query } = parsePublishAddress(app, streamName);
    demand(isStreamName(name) && /^[A-Za-z0-9_-]{1,64}$/.test(name), () => `the name ${name}`);
    demand(
      `${app}${streamName}`.includes(name) && query.length <= app.length + streamName.length + 1,
      () => `${name} ${query}`,
    );
    return `name ${name} ${query}`;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    // It is shown to people and logged.
    demand(/^[\x20-\x7e…]{1,400}$/.test(error.message), () => `the message ${JSON.stringify(error.message)}`);
    return error.code;
  }
}

/** Topics of one stream; the others have no name. */
const NAMED_TOPICS: readonly string[] = ['status', 'stream', 'detail'];

const clientMessage: FuzzTarget = {
  name: 'client-message',
  seeds: () =>
    textWords(
      ...[
        '{"op":"ping","t0":1}',
        '{"op":"sub","topic":"status","name":"a"}',
        '{"op":"unsub","topic":"stream","name":"a"}',
        '[]',
        'null',
        '',
      ],
      ...[
        '{"op":"sub","topic":"x"}',
        '{"op":"sub","topic":"status","name":{}}',
        '{"__proto__":{"op":"ping","t0":1}}',
        '{"op":"ping","t0":1e999}',
      ],
      '['.repeat(2_000),
    ),
  dictionary: textWords(
    '"op"',
    '"sub"',
    '"unsub"',
    '"ping"',
    '"topic"',
    '"status"',
    '"stream"',
    '"streams"',
    '"server"',
    '"detail"',
    '"name"',
    '"t0"',
    '"__proto__"',
    '1e999',
    '{',
    '}',
    '[',
  ),
  maxInputBytes: 4 * KIB,
  maxAllocatedBytes: MIB,
  mayRefuse: false,
  run: (input) => {
    const message = parseClientMessage(input.toString('utf8'));
    switch (message.op) {
      case 'ping':
        demand(typeof message.t0 === 'number', () => `t0 ${message.t0}`);
        return 'ping';
      case 'error':
        demand(/^[a-z_]+$/.test(message.code) && message.message.length < 200, () => message.message);
        return message.code;
      default:
        demand(message.op === 'sub' || message.op === 'unsub', () => `op ${message.op}`);
        demand(
          NAMED_TOPICS.includes(message.topic) === (typeof message.name === 'string'),
          () => `${message.topic} of ${message.name}`,
        );
        demand([...NAMED_TOPICS, 'streams', 'server'].includes(message.topic), () => message.topic);
        return `${message.op} ${message.topic}`;
    }
  },
};

const SETTING_PATHS = settingPaths();
let settingsFile: string | undefined;

/** One file, overwritten for every input. */
function fileFor(content: Buffer): string {
  if (settingsFile === undefined) {
    const folder = mkdtempSync(path.join(tmpdir(), 'sluice-fuzz-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    settingsFile = path.join(folder, 'sluice.yaml');
  }
  writeFileSync(settingsFile, content);
  return settingsFile;
}

const SETTING_WORDS = textWords(
  ...SETTING_PATHS.flatMap((setting) => [flagOf(setting), environmentNameOf(setting), ...setting.split('.')]),
  ...[
    '200ms',
    '2s',
    '1m',
    '64MiB',
    '512KiB',
    '65535',
    '65536',
    '-1',
    '0',
    '1e3',
    'NaN',
    'true',
    'null',
    'debug',
    '__proto__',
    'constructor',
  ],
  ...[
    '\0',
    '\n',
    ': ',
    '  ',
    '&a',
    '*a',
    '!!binary',
    '<<',
    '{',
    '}',
    '--print-config',
    '--help',
    '=',
    'SLUICE_',
  ],
);

/** An input of this target: the file, the arguments and the environment, each terminated by a zero byte. */
const settings: FuzzTarget = {
  name: 'settings',
  seeds: () =>
    textWords(
      'rtmp:\n  port: 1935\nhls:\n  part: 200ms\n  max-memory: 64MiB\n\0--http-port 0 --hls-hold-back=4\0SLUICE_LOG_LEVEL=debug',
      'rtmp: {port: 0, maxMessage: 1MiB}\0--rtmp-port\0SLUICE_RTMP_PORT=x',
      'a: &a [x, x]\nb: [*a, *a]\n\0--nothing\0SLUICE_NOTHING=1',
      '- 1\n- 2\0\0',
      'hls:\n  part: -1s\0--http-host= --http-base-path /tv\0SLUICE_STREAM_GRACE=15s SLUICE_HLS_WINDOW=99999999h',
      '__proto__:\n  port: 1\n\0--help\0',
      '\0--print-config --version\0',
    ),
  dictionary: SETTING_WORDS,
  maxInputBytes: KIB,
  maxAllocatedBytes: 16 * MIB,
  mayRefuse: true,
  run: (input) => {
    const end = input.indexOf(0);
    const file = fileFor(input.subarray(0, end < 0 ? input.length : end));
    const [args = '', environment = ''] = end < 0 ? [] : input.toString('utf8', end + 1).split('\0');
    // The fuzzer must not open files with random names.
    const words = args.split(' ').filter((word) => word !== '' && !word.startsWith('--config'));
    const variables = environment
      .split(' ')
      .map((each): [string, string] => [each.split('=')[0] ?? '', each.slice(each.indexOf('=') + 1)]);
    const command = readCommand([`--config=${file}`, ...words], Object.fromEntries(variables));
    demand(
      Object.getPrototypeOf({}) === Object.prototype && !('port' in {}),
      () => 'the prototype was written to',
    );
    if (!('config' in command)) return command.kind;
    const { settings: values, origins } = command.config;
    for (const setting of SETTING_PATHS)
      demand(
        settingOf(setting).read(values[setting], 'program').kind === 'value',
        () => `${setting}: ${values[setting]}`,
      );
    const again = settingsFrom(sectionsOf(values));
    demand(
      JSON.stringify(again) === JSON.stringify(values),
      () => 'settings are not what they were in sections',
    );
    return `${command.kind} ${[...origins.values()].filter((origin) => origin !== 'default').length}`;
  },
};

export const TEXT_TARGETS: readonly FuzzTarget[] = [
  deliveryDirectives,
  publishAddress,
  clientMessage,
  settings,
];
