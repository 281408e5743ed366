// The whole path end to end: a page opened before the publication starts plays by itself and does not stall. `npm run test:long`
// watches for a minute.
import { it } from 'vitest';
import { watchFromBefore } from '../support/watched-stream.ts';

it('plays a stream whose page was open before the push, for twelve seconds without a stall', () =>
  watchFromBefore(12));
