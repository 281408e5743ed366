// A minute is longer than any window: what is played at its end was sent long after the page began.
import { it } from 'vitest';
import { watchFromBefore } from '../support/watched-stream.ts';

it('plays a stream whose page was open before the push, for a minute without a stall', () =>
  watchFromBefore(60));
