// Which values of onMetaData are accepted, and which text from a peer is shown to people.
import { expect, test } from 'vitest';
import { plainAddress } from '../../../server/address.ts';
import { encoderName, hintsOf, parseMetadata } from '../../../server/ingest/metadata.ts';
import { printableText } from '../../../server/ingest/printable-text.ts';
import { isPrivateAddress } from '../../../server/private-address.ts';
import { type AmfValue, amfObject } from '../../../server/rtmp/amf-value.ts';

const parse = (properties: Record<string, AmfValue>) => parseMetadata([amfObject(properties)]);

test('tracks, picture size, frame rate and encoder are read', () => {
  const metadata = parse({
    width: 1280,
    height: 720,
    videocodecid: 7,
    audiocodecid: 10,
    framerate: 29.97,
    encoder: 'obs',
  });
  const hints = { hasVideo: true, hasAudio: true, frameRate: 29.97, width: 1280, height: 720 };
  expect(metadata).toEqual({ ...hints, encoder: 'obs' });
  expect(hintsOf(metadata)).toEqual(hints);
});

test('one track announced means that the other is not coming', () => {
  expect(hintsOf(parse({ audiosamplerate: 44_100 }))).toEqual({ hasVideo: false, hasAudio: true });
  expect(hintsOf(parse({ videocodecid: 7 }))).toEqual({ hasVideo: true, hasAudio: false });
});

test('metadata without tracks, or none, says nothing about tracks', () => {
  expect(hintsOf(parse({ duration: 0 }))).toEqual({});
  expect(hintsOf(undefined)).toEqual({});
  expect(parseMetadata([])).toBeUndefined();
  expect(parseMetadata(['text', 3, null])).toBeUndefined();
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e300, '30', null, true])(
  'a frame rate of %j is not believed',
  (framerate) => {
    expect(parse({ videocodecid: 7, framerate })?.frameRate).toBeUndefined();
  },
);

test.each([0, -1, 1e9, Number.NaN, '720', null])('a height of %j is not believed', (height) => {
  expect(hintsOf(parse({ videocodecid: 7, width: 1280, height }))).toEqual({
    hasVideo: true,
    hasAudio: false,
  });
});

test('names of any shape are short and visible', () => {
  expect(encoderName('obs-output module (libobs version 30.0.0)')).toBe(
    'obs-output module (libobs version 30.0.0)',
  );
  expect(encoderName('\u001b[31mred\r\n\u0000\u202e')).toBe('?[31mred????');
  expect(encoderName('x'.repeat(60_000)).length).toBe(80);
  expect(printableText('abcdefgh', 6)).toBe('abc...');
  expect(printableText('abcdef', 6)).toBe('abcdef');
});

test.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.16.0.1', true],
  ['172.32.0.1', false],
  ['192.168.1.1', true],
  ['169.254.1.1', true],
  // Another customer of the same carrier (RFC 6598), and other special-purpose networks (RFC 6890).
  ['100.64.0.1', false],
  ['100.127.255.254', false],
  ['::ffff:100.64.0.1', false],
  ['192.0.0.8', false],
  ['192.0.2.1', false],
  ['198.18.0.1', false],
  ['198.51.100.1', false],
  ['203.0.113.1', false],
  ['224.0.0.1', false],
  ['240.0.0.1', false],
  ['2001:db8::1', false],
  ['2002:a00:1::1', false],
  ['fec0::1', false],
  ['ff02::1', false],
  // A private IPv4 address inside another kind of address is not on our network (RFC 6052 clause 3.1, RFC 4291 clause
  // 2.5.5.1).
  ['64:ff9b::a00:1', false],
  ['64:ff9b::10.0.0.1', false],
  ['64:ff9b:1::a00:1', false],
  ['::10.0.0.1', false],
  ['::a00:1', false],
  ['::', false],
  ['8.8.8.8', false],
  ['0.0.0.0', false],
  ['::1', true],
  ['fd00::1', true],
  ['fe80::1', true],
  ['fe80::1%eth0', true],
  ['2001:4860:4860::8888', false],
  ['::ffff:192.168.1.1', true],
  ['::ffff:c0a8:101', true],
  ['0:0:0:0:0:ffff:c0a8:101', true],
  ['::ffff:8.8.8.8', false],
  ['unknown', false],
])('%s is private: %s', (address, isPrivate) => {
  expect(isPrivateAddress(address)).toBe(isPrivate);
});

test('an IPv4 peer of a dual-stack socket is shown as IPv4', () => {
  expect(plainAddress('::ffff:192.0.2.7')).toBe('192.0.2.7');
  expect(plainAddress('2001:db8::1')).toBe('2001:db8::1');
});
