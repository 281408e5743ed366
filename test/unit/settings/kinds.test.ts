// The kinds of settings: how values are written, what is refused, and lists and maps from every source.
import { describe, expect, test } from 'vitest';
import { list, map, networks } from '../../../server/settings/collections.ts';
import { count, host, text } from '../../../server/settings/kinds.ts';
import { bitrate, bytes, duration } from '../../../server/settings/measures.ts';
import type { Reading, Setting, SettingSource } from '../../../server/settings/setting.ts';
import { settingsFrom } from '../../support/settings.ts';

function readValue<Value>(reading: Reading<Value>): Value {
  if (reading.kind === 'value') return reading.value;
  throw new Error(reading.fault);
}

function faultOf(reading: Reading<unknown>): string {
  if (reading.kind === 'fault') return reading.fault;
  throw new Error(`it was taken: ${JSON.stringify(reading.value)}`);
}

describe('a bare number', () => {
  const wait = duration(5_000, 'A wait.');
  const texts: readonly SettingSource[] = ['flag', 'environment', 'file', 'program'];

  test.each(texts)('written as text in a %s is no duration: both meanings are named', (source) => {
    expect(faultOf(wait.read('60', source))).toBe('did you mean 60s or 60ms?');
    expect(faultOf(wait.read(' 1.5 ', source))).toBe('did you mean 1.5s or 1.5ms?');
  });

  test('in a file is no duration either, also when YAML takes it for a number', () => {
    expect(faultOf(wait.read(60, 'file'))).toBe('did you mean 60s or 60ms?');
  });

  test('given by a program as a number is milliseconds', () => {
    expect(readValue(wait.read(60, 'program'))).toBe(60);
  });

  test('zero needs no unit where zero is allowed', () => {
    const optional = duration(0, 'A wait.', { minMs: 0, maxMs: 60_000 });
    for (const raw of ['0', '0s', 0]) expect(readValue(optional.read(raw, 'file'))).toBe(0);
    expect(faultOf(wait.read('0', 'flag'))).toContain('from 1ms to 24h');
  });

  test('is bytes for a size, unless it is below the least: then it was meant in KiB or MiB', () => {
    const size = bytes(64 * 1024, 'A size.', { least: 4096, most: 2 ** 40 });
    expect(readValue(size.read('65536', 'flag'))).toBe(65_536);
    expect(readValue(size.read(65_536, 'file'))).toBe(65_536);
    expect(faultOf(size.read('64', 'flag'))).toBe('did you mean 64KiB or 64MiB?');
    expect(faultOf(size.read(64, 'file'))).toBe('did you mean 64KiB or 64MiB?');
    expect(faultOf(size.read(64, 'program'))).toContain('from 4KiB');
  });

  test('zero is taken beside a least size where it means something of its own', () => {
    const size = bytes(0, 'A size.', { least: 4096, most: 2 ** 40, orZero: true });
    expect(readValue(size.read('0', 'flag'))).toBe(0);
    expect(readValue(size.read(size.toFile(0), 'file'))).toBe(0);
    expect(faultOf(size.read('1KiB', 'flag'))).toContain('from 4KiB to 1024GiB, or 0');
  });

  test('is no bitrate: encoders show kilobits', () => {
    expect(faultOf(bitrate(0, 'A rate.').read('6000', 'environment'))).toBe(
      'did you mean 6000kbit or 6000bit?',
    );
    expect(readValue(bitrate(0, 'A rate.').read('0', 'environment'))).toBe(0);
    expect(readValue(bitrate(0, 'A rate.').read(6_000_000, 'program'))).toBe(6_000_000);
  });
});

describe('a list', () => {
  const names = list(text('', 'A name.'), 'Names.');
  const counts = list(count(1, 'A number.', { least: 1, most: 9 }), 'Numbers.');

  test.each<[string, Setting<readonly string[]>, unknown, SettingSource, readonly string[]]>([
    ['commas in a flag', names, ['a, b'], 'flag', ['a', 'b']],
    ['a repeated flag', names, ['a', 'b,c'], 'flag', ['a', 'b', 'c']],
    ['commas in a variable', names, 'a,b', 'environment', ['a', 'b']],
    ['a sequence', names, ['a', 'b'], 'file', ['a', 'b']],
    ['one text in a file', names, 'a, b', 'file', ['a', 'b']],
    ['nothing', names, '', 'environment', []],
    ['an array of a program', names, ['a'], 'program', ['a']],
  ])('is read from %s', (_what, setting, raw, source, expected) => {
    expect(readValue(setting.read(raw, source))).toEqual(expected);
  });

  test('has items of its own kind, and names the bad one', () => {
    expect(readValue(counts.read([1, 2], 'file'))).toEqual([1, 2]);
    expect(readValue(counts.read(3, 'file'))).toEqual([3]);
    expect(faultOf(counts.read(['1,12'], 'flag'))).toBe('12: it must be a whole number from 1 to 9');
    expect(faultOf(counts.read([1, 'x'], 'file'))).toBe('x: it must be a whole number from 1 to 9');
    for (const raw of [{ a: 1 }, null, true])
      expect(faultOf(counts.read(raw, 'file'))).toContain('a list with commas');
  });

  test('is shown as it is written', () => {
    expect(names.show(['a', 'b'])).toBe('a,b');
    expect(readValue(names.read(names.toFile(['a', 'b']), 'file'))).toEqual(['a', 'b']);
    expect(counts.jsonSchema()).toMatchObject({ anyOf: [{ type: 'array' }, { type: 'string' }] });
  });
});

describe('a map', () => {
  const waits = map(duration(1_000, 'A wait.'), 'Waits.');
  const expected = { a: 1_000, b: 2_000 };

  test.each<[string, unknown, SettingSource]>([
    ['repeated flags', ['a=1s', 'b=2s'], 'flag'],
    ['commas in a variable', 'a=1s, b=2s', 'environment'],
    ['JSON in a variable', '{"a":"1s","b":"2s"}', 'environment'],
    ['a mapping', { a: '1s', b: '2s' }, 'file'],
    ['an object of a program', { a: 1_000, b: '2s' }, 'program'],
  ])('is read from %s', (_what, raw, source) => {
    expect(readValue(waits.read(raw, source))).toEqual(expected);
  });

  test('takes a flag’s value as it is: commas and equals signs belong to it', () => {
    expect(readValue(map(text('', 'A text.'), 'Texts.').read(['a=x,y=z'], 'flag'))).toEqual({ a: 'x,y=z' });
  });

  test.each<[string, unknown, SettingSource, string]>([
    ['a pair without a value', ['a'], 'flag', 'a: it has no value; write key=value'],
    ['a bad value', 'a=1s,b=2', 'environment', 'b: did you mean 2s or 2ms?'],
    [
      'a key with a space',
      { 'a b': '1s' },
      'file',
      '"a b": a key is letters, digits, ., - and _, at most 64',
    ],
    ['a key that is given twice', ['a=1s', 'a=2s'], 'flag', 'the key a is given twice'],
    ['the key __proto__', '{"__proto__":"1s"}', 'environment', '__proto__: a key is letters'],
    ['broken JSON', '{"a":', 'environment', 'it must be key=value pairs'],
    ['a sequence', ['a'], 'file', 'it must be key=value pairs'],
  ])('%s is refused', (_what, raw, source, words) => {
    expect(faultOf(waits.read(raw, source))).toContain(words);
  });

  test('is shown as it is written', () => {
    expect(waits.show(expected)).toBe('a=1s,b=2s');
    expect(readValue(waits.read(waits.toFile(expected), 'file'))).toEqual(expected);
    expect(waits.jsonSchema()).toMatchObject({ type: 'object', additionalProperties: { type: 'string' } });
  });
});

describe('networks', () => {
  const exempt = networks([], 'Networks.');

  test('are CIDR blocks and addresses', () => {
    expect(readValue(exempt.read(['10.0.0.0/8, ::1', '2001:db8::/32'], 'flag'))).toEqual([
      '10.0.0.0/8',
      '::1',
      '2001:db8::/32',
    ]);
  });

  test.each([
    ['10.0.0.0/33', 'an IPv4 network has 32 bits at most'],
    ['localhost', 'is not a network such as 192.0.2.0/24'],
    ['fe80::1%eth0', 'is not a network'],
  ])('%s is refused', (raw, words) => {
    expect(faultOf(exempt.read(`127.0.0.1,${raw}`, 'environment'))).toContain(words);
    expect(faultOf(exempt.read([raw], 'program'))).toContain(words);
  });
});

describe('an address to listen on', () => {
  const address = host('', 'An address.');

  test('is a name or an address, with or without the brackets of IPv6', () => {
    for (const raw of ['', '127.0.0.1', '::1', 'live.example.org', 'a_b']) {
      expect(readValue(address.read(raw, 'flag'))).toBe(raw);
    }
    expect(readValue(address.read('[::1]', 'flag'))).toBe('::1');
  });

  test.each(['127.0.0.1:1935', 'http://localhost', 'a b', '..', '-x'])('%s is refused', (raw) => {
    expect(faultOf(address.read(raw, 'environment'))).toContain('without a port');
  });
});

describe('settings that cannot work', () => {
  test.each([
    [
      'before publishing, less than a handshake and connect',
      { rtmp: { maxBeforePublish: '3KiB' } },
      'from 4KiB',
    ],
    ['memory for no segment', { hls: { maxMemory: 1 } }, 'from 4MiB'],
    ['memory for no segment, as a text', { hls: { maxMemory: '1' } }, 'did you mean 1GiB?'],
    ['messages that hold no key frame', { rtmp: { maxMessage: '1KiB' } }, 'from 64KiB'],
    ['messages longer than RTMP has', { rtmp: { maxMessage: '1GiB' } }, 'to 16MiB'],
    [
      'assembling less than a message',
      { rtmp: { maxAssembling: '1MiB' } },
      'set rtmp.max-assembling to 16MiB or more',
    ],
    ['fewer chunk streams than encoders use', { rtmp: { maxChunkStreams: 1 } }, 'from 6'],
    ['no room for replies', { rtmp: { maxUnread: '1KiB' } }, 'from 4KiB'],
    ['no depth for metadata', { rtmp: { maxAmfDepth: 1 } }, 'from 4'],
    ['too few values for connect', { rtmp: { maxAmfValues: 2 } }, 'from 64'],
    ['a deadline shorter than a round trip', { rtmp: { publishDeadline: '1ms' } }, 'from 100ms'],
    ['silence shorter than a few frames', { rtmp: { silence: '40ms' } }, 'from 200ms'],
    ['parts longer than a segment', { hls: { part: '3s', segment: '2s' } }, 'from 20ms to 1s'],
    ['parts as long as a segment', { hls: { part: '1s', segment: '1s' } }, 'set hls.part to 500ms or less'],
    ['a hold shorter than a part', { hls: { hold: '100ms' } }, 'set hls.hold to 200ms or more'],
    ['a hold longer than players wait', { hls: { hold: '10s' } }, 'players give up at 10 s'],
    ['players behind the playlist', { hls: { holdBack: 100 } }, 'set hls.window to 20s or more'],
    ['an hour back without memory', { hls: { dvr: '24h' } }, 'takes 660MiB'],
    ['equal ports', { rtmp: { port: 9000 }, http: { port: 9000 } }, 'rtmp.port and http.port are both 9000'],
    [
      'equal ports with a certificate',
      { tls: { certificate: 'c', key: 'k' }, http: { port: 1936 } },
      'rtmps.port and http.port are both 1936',
    ],
  ])('%s: refused, with the least that works', (_what, sections, words) => {
    expect(() => settingsFrom(sections)).toThrow(words);
  });

  test.each([
    ['any free ports', { rtmp: { port: 0 }, http: { port: 0 } }],
    [
      'one port on two addresses',
      { rtmp: { port: 9000, host: '127.0.0.1' }, http: { port: 9000, host: '127.0.0.2' } },
    ],
    ['the TLS ports without a certificate', { rtmp: { port: 8443 }, http: { port: 1936 } }],
    ['the least of sizes', { rtmp: { maxBeforePublish: '4KiB' }, hls: { maxMemory: '4MiB', hold: '200ms' } }],
  ])('%s work', (_what, sections) => {
    expect(() => settingsFrom(sections)).not.toThrow();
  });
});
