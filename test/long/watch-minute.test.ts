// A minute is longer than any window: the media at its end was sent long after the page started.
import { it } from 'vitest';
import { watchFromBefore } from '../support/watched-stream.ts';

it('plays a stream whose page was open before the push, for a minute without a stall', () =>
  watchFromBefore(60));
