// Media that waits for the end of a part without end: what is said to the publisher.

import { GatewayError } from '../errors.ts';
import type { TrackKind } from '../media/track.ts';
import type { FollowerTrack } from './follower-track.ts';

/** Media that may wait for the end of a part: 200 ms at 640 Mbit/s. Encoders send more only if their clock stops. */
export const MAX_PART_BYTES = 16 * 1024 * 1024;

/** `bytes` wait, in which those of `follower` are included; `lead` is the leading track. */
export function partTooLarge(
  bytes: number,
  maxBytes: number,
  lead: TrackKind,
  follower: Pick<FollowerTrack, 'track' | 'heldBytes'> | undefined,
): GatewayError {
  const cause =
    follower !== undefined && follower.heldBytes > bytes / 2
      ? `the timestamps of ${follower.track.kind} are far ahead of those of ${lead}`
      : `the timestamps of ${lead} stand still, or its bitrate is too high`;
  return new GatewayError(
    'limit',
    'part_too_large',
    `${bytes} bytes of media wait for the end of a part, and ${maxBytes} may (a quarter of hls.max-memory, at most ${MAX_PART_BYTES}): ${cause}`,
  );
}
