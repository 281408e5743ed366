// Every queue and list of the media road, each with a way to fill it with `n` of the least that it takes. A new queue is
// one row more. The server is loaded by `complexity.test.ts` once its steps are counted.

import type { ComplexityRow } from './complexity-row.ts';
import { HLS_ROWS } from './complexity-rows-hls.ts';
import { PUBLISHING_ROWS } from './complexity-rows-publishing.ts';

export const COMPLEXITY_ROWS: readonly ComplexityRow[] = [...PUBLISHING_ROWS, ...HLS_ROWS];
