// Every queue and list on the path of media, each with a way to fill it with `n` of its smallest items. A new queue needs
// one more row. `complexity.test.ts` loads the server after step counting has started.

import type { ComplexityRow } from './complexity-row.ts';
import { HLS_ROWS } from './complexity-rows-hls.ts';
import { PUBLISHING_ROWS } from './complexity-rows-publishing.ts';

export const COMPLEXITY_ROWS: readonly ComplexityRow[] = [...PUBLISHING_ROWS, ...HLS_ROWS];
