// How many watch: in all, and each stream.

import { z } from 'zod';
import { amount, MAX_ITEMS_PER_PAGE, nameField, next, pageQuery } from './fields.ts';
import { operationsOn } from './operation.ts';

const viewerCounts = z
  .strictObject({
    total: amount().describe('Of all streams, those in other pages included.'),
    streams: z.array(z.strictObject({ name: nameField(), viewers: amount() })),
    next: next(),
  })
  .meta({ id: 'ViewerCounts' });

type NameAndViewers = { readonly name: string; readonly viewers: number };

export type ViewersPort = {
  readonly total: () => number;
  /** At most `limit` streams sorted by name, from the first name after `after`. */
  readonly page: (
    after: string,
    limit: number,
  ) => { readonly streams: readonly NameAndViewers[]; readonly hasMore: boolean };
};

const operation = operationsOn<{ readonly viewers: ViewersPort }>();

const getViewers = operation({
  id: 'getViewers',
  method: 'get',
  path: '/viewers',
  tag: 'Viewers',
  summary: 'Viewers of each stream',
  description: 'Players that requested a playlist within the last ten seconds.',
  access: 'read',
  query: pageQuery(),
  status: 200,
  answer: viewerCounts,
  errors: [],
  run: ({ viewers }, { query: { limit = MAX_ITEMS_PER_PAGE, after = '' } }) => {
    const page = viewers.page(after, limit);
    const streams = page.streams.map(({ name, viewers: watching }) => ({ name, viewers: watching }));
    const last = streams.at(-1);
    const more = page.hasMore && last !== undefined ? { next: last.name } : {};
    return { total: viewers.total(), streams, ...more };
  },
});

export const VIEWER_OPERATIONS = [getViewers];
