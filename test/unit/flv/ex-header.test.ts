// Messages with several tracks: each track keeps its own number, codec and bytes, and a damaged one does not affect the
// others.
import { describe, expect, it, test } from 'vitest';
import { GatewayError } from '../../../server/errors.ts';
import { type Multitrack, parseExHeader } from '../../../server/flv/ex-header.ts';
import {
  MULTITRACK_BODIES,
  type MultitrackForm,
  multitrackBody,
  type WrittenTrack,
} from '../../cases/multitrack.ts';

const track = (number: number, fourCc = 'avc1', data = Buffer.alloc(number + 2, number)): WrittenTrack => ({
  number,
  fourCc,
  data,
});
const codeOf = (fourCc: string): number => Buffer.from(fourCc).readUInt32BE(0);

function parsed(body: Buffer, kind: 'video' | 'audio' = 'video'): Multitrack {
  const header = parseExHeader(body, kind);
  if (header.kind !== 'multitrack') throw new Error('a multitrack message is wanted');
  return header;
}

describe.each<['video' | 'audio']>([['video'], ['audio']])('a %s message', (kind) => {
  it.each<[MultitrackForm, readonly WrittenTrack[]]>([
    ['one-track', [track(3)]],
    ['one-track', [track(0)]],
    ['many-tracks', [track(0), track(1), track(9)]],
    ['many-codecs', [track(0, 'avc1'), track(1, 'hvc1'), track(255, 'av01')]],
  ])('of %s names its tracks', (form, tracks) => {
    const { tracks: found, damage } = parsed(multitrackBody(kind, form, 1, tracks), kind);
    expect(damage).toBeUndefined();
    expect(found).toEqual(
      tracks.map(({ number, fourCc, data }) => ({
        number,
        flags: 1,
        packetType: 1,
        fourCc: codeOf(fourCc),
        data,
      })),
    );
  });
});

test('tracks come by their numbers, whatever order they are sent in', () => {
  const { tracks } = parsed(multitrackBody('video', 'many-tracks', 1, [track(2), track(0), track(1)]));
  expect(tracks.map(({ number }) => number)).toEqual([0, 1, 2]);
});

test('a track that runs past the end leaves those before it', () => {
  const body = multitrackBody('video', 'many-codecs', 1, [track(0), track(1), track(2)]);
  const { tracks, damage } = parsed(body.subarray(0, -1));
  expect(tracks.map(({ number }) => number)).toEqual([0, 1]);
  expect(damage).toMatchObject({ code: 'bad_ex_header', message: expect.stringContaining('track 2') });
});

test('bytes behind the last track are damage, and the tracks are there', () => {
  const body = multitrackBody('audio', 'many-tracks', 1, [track(0, 'mp4a'), track(1, 'mp4a')]);
  const { tracks, damage } = parsed(Buffer.concat([body, Buffer.of(7)]), 'audio');
  expect([tracks.length, damage?.code]).toEqual([2, 'bad_ex_header']);
});

test('a message has each track once, so one of a million tracks costs little', () => {
  const head = multitrackBody('video', 'many-tracks', 1, [track(0)]).subarray(0, 6);
  const { tracks, damage } = parsed(Buffer.concat([head, Buffer.alloc(4 * 1_000_000)]));
  expect(tracks.length).toBe(1);
  expect(damage).toMatchObject({
    code: 'bad_ex_header',
    message: expect.stringContaining('a second track 0'),
  });
  const all = Array.from({ length: 256 }, (_, number) => track(number));
  const whole = parsed(multitrackBody('video', 'many-tracks', 1, all));
  expect([whole.tracks.length, whole.damage]).toEqual([256, undefined]);
});

test('a type that does not exist, and no track at all, are refused', () => {
  for (const hex of ['963161766331', '96', '9601', '960161766331'])
    expect(() => parseExHeader(Buffer.from(hex, 'hex'), 'video')).toThrow(
      expect.objectContaining({ code: 'bad_ex_header' }),
    );
});

test('nothing but a GatewayError comes out of any cut of any message', () => {
  for (const body of MULTITRACK_BODIES)
    for (let length = 0; length <= body.length; length += 1) {
      try {
        parseExHeader(body.subarray(0, length), body[0] === 0x95 ? 'audio' : 'video');
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError);
      }
    }
});
