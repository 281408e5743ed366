import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type FragmentSample, type FragmentTrack, writeFragment } from '../../server/mp4/fragment.ts';
import { mp4boxFragment, readFragment } from '../cases/mp4box-fragment.ts';
import { fragmentBytes } from '../support/fragment-bytes.ts';

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const data = fc.uint8Array({ maxLength: 30 }).map((array) => Buffer.from(array));
const videoSample: fc.Arbitrary<FragmentSample> = fc.record({
  duration: u32,
  compositionOffset: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  isSync: fc.boolean(),
  data,
});
/** An audio run contains neither offsets nor flags: they are 0 and sync. */
const audioSample: fc.Arbitrary<FragmentSample> = fc.record({
  duration: u32,
  compositionOffset: fc.constant(0),
  isSync: fc.constant(true),
  data,
});
const track = (
  kind: FragmentTrack['kind'],
  sample: fc.Arbitrary<FragmentSample>,
): fc.Arbitrary<FragmentTrack> =>
  fc.record({
    trackId: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    kind: fc.constant(kind),
    baseDecodeTime: fc.oneof(u32, fc.maxSafeNat()),
    samples: fc.array(sample, { minLength: 1, maxLength: 12 }),
  });
const tracks = fc.array(fc.oneof(track('video', videoSample), track('audio', audioSample)), {
  minLength: 1,
  maxLength: 3,
});

it('any samples are read back as they were written', () => {
  fc.assert(
    fc.property(u32, tracks, (sequenceNumber, written) => {
      expect(readFragment(fragmentBytes(sequenceNumber, written))).toEqual(written);
    }),
  );
});

it('any fragment is byte for byte what mp4box makes of the same samples', () => {
  fc.assert(
    fc.property(u32, tracks, (sequenceNumber, written) => {
      const bytes = fragmentBytes(sequenceNumber, written);
      expect(bytes.equals(mp4boxFragment(sequenceNumber, written))).toBe(true);
    }),
  );
});

it('any fragment is the same in memory of any number of pieces', () => {
  const cuts = fc.array(fc.nat(2_000), { maxLength: 8 });
  fc.assert(
    fc.property(u32, tracks, cuts, (sequenceNumber, written, drawn) => {
      let pieces: readonly Buffer[] = [];
      const byteLength = writeFragment(sequenceNumber, written, (wanted) => {
        const ends = [...new Set(drawn.map((cut) => cut % wanted)), wanted].sort(
          (left, right) => left - right,
        );
        pieces = ends.map((end, at) => Buffer.alloc(end - (ends[at - 1] ?? 0), 0xee));
        return pieces.filter((piece) => piece.length > 0);
      });
      expect(byteLength).toBe(Buffer.concat(pieces).length);
      expect(Buffer.concat(pieces).equals(fragmentBytes(sequenceNumber, written))).toBe(true);
    }),
  );
});
