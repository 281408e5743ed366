import { describe, expect, it } from 'vitest';
import { isStreamName, parsePublishAddress } from '../../../server/live/stream-name.ts';

describe('publish address', () => {
  it.each([
    ['live', 'first', 'first', ''],
    ['live/first', '', 'first', ''],
    ['', 'first', 'first', ''],
    ['first', '', 'first', ''],
    ['live/', 'first', 'first', ''],
    ['live', '/first', 'first', ''],
    ['/live/', '/first/', 'first', ''],
    ['live//first', '', 'first', ''],
    ['live', 'first//', 'first', ''],
    ['//live//', '//first', 'first', ''],
    ['live/instance', 'first', 'first', ''],
    ['live', 'instance/first', 'first', ''],
    ['live', 'live', 'live', ''],
    ['live/live', '', 'live', ''],
    ['other', 'first', 'first', ''],
    ['live', 'first?sign=1', 'first', 'sign=1'],
    ['live?sign=1', 'first', 'first', 'sign=1'],
    ['live/first?sign=1', '', 'first', 'sign=1'],
    ['live?a=1', 'first?b=2', 'first', 'a=1&b=2'],
    ['live', 'first?path=a/b?c', 'first', 'path=a/b?c'],
    ['live?a=../x', 'first', 'first', 'a=../x'],
    ['live', 'first?', 'first', ''],
    ['live/first', '?sign=1', 'first', 'sign=1'],
    ['live', `${'a'.repeat(64)}`, 'a'.repeat(64), ''],
    ['live', 'A_b-9', 'A_b-9', ''],
  ])('of app %j and stream name %j is %j', (app, streamName, name, query) => {
    expect(parsePublishAddress(app, streamName)).toEqual({ name, query });
  });

  it.each([
    ['', ''],
    ['live', ''],
    ['live/', '/'],
    ['/live/', ''],
    ['live?key=first', ''],
    ['', '?a=1'],
  ])('of app %j and stream name %j is missing', (app, streamName) => {
    expect(() => parsePublishAddress(app, streamName)).toThrow(
      expect.objectContaining({ code: 'no_stream_name' }),
    );
  });

  it.each([
    ['live', 'a b'],
    ['live', 'ä'],
    ['live', 'a.b'],
    ['live', 'first.m3u8'],
    ['live', 'first&sign=1'],
    ['live', 'mp4:first'],
    ['live', 'a\\b'],
    ['live', 'a\u0000'],
    ['live', 'first\n'],
    ['live', '%2e%2e'],
    ['live', '..%2ffirst'],
    ['live', '..'],
    ['live', '.'],
    ['live', '../first'],
    ['live', '../../first'],
    ['live/..', 'first'],
    ['live', 'a/../first'],
    ['..', ''],
    ['live', '．．'],
    ['live', 'a'.repeat(65)],
    ['live', '__proto__%00'],
    ['live', '"><img src=x>'],
  ])('of app %j and stream name %j is refused', (app, streamName) => {
    expect(() => parsePublishAddress(app, streamName)).toThrow(
      expect.objectContaining({ code: 'bad_stream_name', kind: 'invalid-data' }),
    );
  });

  it.each([
    ['no.dots', 7, "has '.' U+002E as character 3"],
    ['a b', 3, 'has U+0020 as character 2'],
    ['\u001b[31m', 5, 'has U+001B as character 1'],
    ['\ud83d\ude00x', 3, 'has U+1F600 as character 1'],
    ['x'.repeat(65), 65, 'is too long'],
  ])('%j is told by its length and its first wrong character, not by what it is', (name, length, words) => {
    const message = messageOf(() => parsePublishAddress('live', name));
    expect(message).toContain(`(${length} characters, fingerprint `);
    expect(message).toContain(words);
    expect(message).not.toContain(name);
    expect(message).toMatch(/^[ -~]{1,200}$/);
  });

  it('has a fingerprint that is the same for the same name only', () => {
    const [once, again, other] = ['mistyped key', 'mistyped key', 'mistyped kex'].map(
      (name) => /fingerprint ([0-9a-f]{8})\)/.exec(messageOf(() => parsePublishAddress('live', name)))?.[1],
    );
    expect(once).toEqual(expect.any(String));
    expect(again).toBe(once);
    expect(other).not.toBe(once);
  });

  it.each(['..', '../secret-key', 'secret-key/..', './secret-key'])(
    'climbing by %j is said as such',
    (name) => {
      const message = messageOf(() => parsePublishAddress('live', name));
      expect(message).toContain('has "." or ".." between slashes');
      expect(message).not.toContain('secret-key');
    },
  );
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('nothing was refused');
}

describe('stream name', () => {
  it.each(['a', '-', '_', '__proto__', 'constructor', '0'])('may be %j', (name) => {
    expect(isStreamName(name)).toBe(true);
  });

  it.each(['', ' ', 'a/b', 'a\n', 'é', 'a'.repeat(65)])('may not be %j', (name) => {
    expect(isStreamName(name)).toBe(false);
  });
});
