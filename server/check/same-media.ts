// Compares the samples and times of two packagings (RFC 8216bis 3.2).

import { type ReadSample, readFragments } from './fragment-reader.ts';
import type { InitTrack } from './init-reader.ts';

/** Throws MediaFault if one of them cannot be read. */
export function isSameMedia(left: Buffer, right: Buffer, tracks: readonly InitTrack[]): boolean {
  return tracks.every((track) => {
    const [ours, theirs] = [samplesOf(left, tracks, track), samplesOf(right, tracks, track)];
    return ours.length === theirs.length && ours.every((sample, at) => isSameSample(sample, theirs[at]));
  });
}

function samplesOf(bytes: Buffer, tracks: readonly InitTrack[], track: InitTrack): readonly ReadSample[] {
  return readFragments(bytes, tracks).flatMap(({ runs }) =>
    runs.filter((run) => run.track === track).flatMap((run) => run.samples),
  );
}

function isSameSample(left: ReadSample, right: ReadSample | undefined): boolean {
  return (
    right !== undefined &&
    left.dts === right.dts &&
    left.duration === right.duration &&
    left.compositionOffset === right.compositionOffset &&
    left.isSync === right.isSync &&
    left.data.equals(right.data)
  );
}
