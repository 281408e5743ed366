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

  it('is told in a message that is short and printable', () => {
    const hostile = `\u001b[31m${'x'.repeat(5_000)}`;
    expect(() => parsePublishAddress('live', hostile)).toThrow(/^"\?\[31mx{1,70}…" is not a stream name/);
  });
});

describe('stream name', () => {
  it.each(['a', '-', '_', '__proto__', 'constructor', '0'])('may be %j', (name) => {
    expect(isStreamName(name)).toBe(true);
  });

  it.each(['', ' ', 'a/b', 'a\n', 'é', 'a'.repeat(65)])('may not be %j', (name) => {
    expect(isStreamName(name)).toBe(false);
  });
});
