// The form of playback tokens: what is signed, and that nothing else is accepted.
import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type PlaybackTerms,
  readPlaybackToken,
  writePlaybackToken,
} from '../../../server/access/playback-token.ts';

const SECRET = '0123456789abcdef0123456789abcdef';
const OTHER = 'fedcba9876543210fedcba9876543210';
const EXPIRES = Date.UTC(2026, 10, 28, 12);
const FULL: PlaybackTerms = { name: 'show', expiresAt: EXPIRES, network: '192.0.2.0/24', viewer: 'ann@x' };

/** A token of any bytes with a right signature. */
function signed(...parts: readonly (string | readonly number[])[]): string {
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  return Buffer.concat([bytes, createHmac('sha256', SECRET).update(bytes).digest()]).toString('base64url');
}

test.each<[string, PlaybackTerms]>([
  ['a name', { name: 'show', expiresAt: EXPIRES }],
  ['a network', { name: 'show', expiresAt: EXPIRES, network: '2001:db8::/32' }],
  ['a viewer', { name: '-_-', expiresAt: EXPIRES, viewer: 'a.b_c-d' }],
  ['everything', FULL],
  [
    'the longest of everything',
    {
      name: 'n'.repeat(64),
      expiresAt: 0xffff_ffff * 1000,
      network: '2001:0db8:0000:0000:0000:0000:0000:0000/128',
      viewer: 'v'.repeat(64),
    },
  ],
])('a token says %s', (_what, terms) => {
  const read = readPlaybackToken(writePlaybackToken(SECRET, terms), [SECRET]);
  expect(read).toEqual({ network: undefined, viewer: undefined, ...terms });
});

test('is the documented bytes', () => {
  const token = writePlaybackToken(SECRET, { ...FULL, expiresAt: 0x0102_0304 * 1000 + 999 });
  expect(token).toBe(signed([1, 1, 2, 3, 4], 'show network=192.0.2.0/24 viewer=ann@x'));
});

describe('a token is refused', () => {
  test('with any bit of it changed', () => {
    const bytes = Buffer.from(writePlaybackToken(SECRET, FULL), 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const altered = Buffer.from(bytes);
        altered[at] = (altered[at] ?? 0) ^ (1 << bit);
        expect(
          readPlaybackToken(altered.toString('base64url'), [SECRET]),
          `byte ${at}, bit ${bit}`,
        ).toBeUndefined();
      }
    }
  });

  test('with any character of it changed, also where the bytes stay the same', () => {
    // 44 bytes: the last character has four unused bits.
    const token = writePlaybackToken(SECRET, { name: 'shows12', expiresAt: EXPIRES });
    expect(Buffer.from(token, 'base64url').length % 3).not.toBe(0);
    for (let at = 0; at < token.length; at += 1) {
      for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. ') {
        const altered = `${token.slice(0, at)}${character}${token.slice(at + 1)}`;
        if (altered === token) continue;
        expect(readPlaybackToken(altered, [SECRET]), altered).toBeUndefined();
      }
    }
  });

  test('cut anywhere, and with more behind it', () => {
    const token = writePlaybackToken(SECRET, FULL);
    for (let length = 0; length < token.length; length += 1)
      expect(readPlaybackToken(token.slice(0, length), [SECRET])).toBeUndefined();
    for (const more of ['A', 'AA', '=', '==', ' ', 'A'.repeat(1_000)])
      expect(readPlaybackToken(`${token}${more}`, [SECRET])).toBeUndefined();
  });

  test('with the signature of another secret', () => {
    const token = writePlaybackToken(OTHER, FULL);
    expect(readPlaybackToken(token, [SECRET])).toBeUndefined();
    expect(readPlaybackToken(token, [])).toBeUndefined();
  });

  test.each<[string, string]>([
    ['another version', signed([2, 106, 0, 0, 0], 'show')],
    ['no name', signed([1, 106, 0, 0, 0], '')],
    ['a name that is none', signed([1, 106, 0, 0, 0], 'sh/ow')],
    ['an unknown field', signed([1, 106, 0, 0, 0], 'show admin=1')],
    ['the fields in another order', signed([1, 106, 0, 0, 0], 'show viewer=a network=192.0.2.1')],
    ['a network that is none', signed([1, 106, 0, 0, 0], 'show network=1.2.3.4/99')],
    ['a line break', signed([1, 106, 0, 0, 0], 'show\n')],
  ])('that was signed with %s', (_what, token) => {
    expect(readPlaybackToken(token, [SECRET])).toBeUndefined();
  });
});

test('every secret verifies, so that secrets can be changed without a break', () => {
  const [before, after] = [OTHER, SECRET].map((secret) => writePlaybackToken(secret, FULL));
  for (const token of [before, after]) expect(readPlaybackToken(token ?? '', [SECRET, OTHER])).toEqual(FULL);
});

test.each<[string, PlaybackTerms]>([
  ['a name that is none', { ...FULL, name: 'a b' }],
  ['a network that is none', { ...FULL, network: '192.0.2.0/33' }],
  ['two networks', { ...FULL, network: '192.0.2.0/24,10.0.0.0/8' }],
  ['an empty viewer', { ...FULL, viewer: '' }],
  ['a viewer with a blank', { ...FULL, viewer: 'a b' }],
  ['an expiry after 2106', { ...FULL, expiresAt: 2 ** 32 * 1000 }],
  ['no expiry', { ...FULL, expiresAt: Number.NaN }],
])('no token is made for %s', (_what, terms) => {
  expect(() => writePlaybackToken(SECRET, terms)).toThrow(
    expect.objectContaining({ code: 'bad_playback_token' }) as Error,
  );
});
